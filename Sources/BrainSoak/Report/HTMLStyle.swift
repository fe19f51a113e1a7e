/// How the page looks: one column, at ease on paper, in the dark and on a phone.
enum HTMLStyle {
    static let text = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f8; --card: #fff; --text: #1c2128; --quiet: #5d6772; --rule: #dfe3e8; --grid: #e6e9ed;
          --good: #1a7040; --good-page: #e6f4ea; --bad: #b3261e; --bad-page: #fdeceb; --open: #7a5900; --open-page: #fbf3dc;
          --line1: #1f6fb5; --line2: #c05a12; --line3: #77808b; --mark: #8a5fb0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121518; --card: #1a1e23; --text: #e2e6ea; --quiet: #98a2ad; --rule: #30363d; --grid: #2a2f36;
            --good: #71cf92; --good-page: #14291c; --bad: #ff938a; --bad-page: #35191a; --open: #e5bf63; --open-page: #2e2611;
            --line1: #6cb2f2; --line2: #f0a060; --line3: #8b95a1; --mark: #b795dc;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--text);
          font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
        }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; font-weight: 650; }
        h2 { font-size: 1.0625rem; margin: 0 0 .75rem; font-weight: 650; }
        .when { margin: .25rem 0 1.25rem; color: var(--quiet); }
        section, .verdict { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
        section { padding: 1.125rem 1.25rem; margin: 1rem 0; }
        .verdict { padding: 1rem 1.25rem; border-left-width: 6px; }
        .verdict p { margin: 0; font-size: 1.25rem; font-weight: 650; }
        .verdict ul { margin: .5rem 0 0; padding-left: 1.25rem; }
        .verdict .remarks { color: var(--quiet); font-size: .875rem; }
        .passed { background: var(--good-page); border-color: var(--good); }
        .failed { background: var(--bad-page); border-color: var(--bad); }
        .running { background: var(--open-page); border-color: var(--open); }
        .passed p, .kept { color: var(--good); }
        .failed p, .broken { color: var(--bad); }
        .running p, .open { color: var(--open); }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem 1.5rem; margin: 0; }
        dt { color: var(--quiet); font-size: .8125rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
        th, td { padding: .4rem 1rem .4rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
        th:last-child, td:last-child { padding-right: 0; }
        tbody tr:last-child td { border-bottom: 0; padding-bottom: 0; }
        th { color: var(--quiet); font-weight: 500; font-size: .8125rem; vertical-align: bottom; }
        .number { text-align: right; white-space: nowrap; }
        .found { white-space: nowrap; }
        .state { white-space: nowrap; font-weight: 600; }
        figure { margin: 0 0 1.5rem; }
        figure:last-child { margin-bottom: 0; }
        figcaption { display: flex; flex-wrap: wrap; gap: 0 1.25rem; align-items: baseline; font-size: .9375rem; font-weight: 550; }
        .keys { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
        .key { font-size: .8125rem; font-weight: 400; color: var(--quiet); white-space: nowrap; }
        .key svg { width: 22px; height: 8px; margin-right: 6px; vertical-align: middle; }
        .plot { display: block; width: calc(100% - 68px); margin: .25rem 16px 0 52px; overflow: visible; }
        .plot text { font-size: 11px; fill: var(--quiet); }
        .end { text-anchor: end; }
        .middle { text-anchor: middle; }
        .grid { stroke: var(--grid); shape-rendering: crispEdges; }
        .mark { stroke: var(--mark); stroke-opacity: .45; }
        .hit { stroke: transparent; stroke-width: 7; pointer-events: stroke; }
        g:hover .mark { stroke-opacity: 1; }
        .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
        .line1 { stroke: var(--line1); }
        .line2 { stroke: var(--line2); stroke-width: 1.5; }
        .line3 { stroke: var(--line3); stroke-width: 1; stroke-opacity: .8; }
        .complaints { margin: 0; padding-left: 1.25rem; overflow-wrap: anywhere; font-size: .9375rem; }
        summary { cursor: pointer; color: var(--quiet); margin-top: .75rem; }
        details .wide { margin-top: .75rem; }
        .note { color: var(--quiet); font-size: .875rem; margin: .75rem 0 0; }
        @media (max-width: 40rem) {
          body { padding: 1.25rem .75rem 3rem; }
          section, .verdict { padding: .875rem; }
          dl { grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
          table { font-size: .875rem; }
          .state { white-space: normal; min-width: 4.5rem; }
          .odd { display: none; }
          th, td { padding-right: .75rem; }
        }
        @media print { body { background: none; max-width: none; } section { break-inside: avoid; } }
        """
}
