import Foundation

/// Lines over the time of a run as a graphic that is as wide as its place.
///
/// Text keeps its size at any width: labels stand at percentages, and only the lines, in a graphic within, are stretched.
struct SVGPlot: Sendable {
    /// A value at a second; nil where there is none: the line has a gap.
    struct Point: Sendable, Equatable {
        let second: Double
        let value: Double?
    }

    struct Line: Sendable {
        /// In the legend.
        let name: String
        let points: [Point]
        /// Whether a value holds until the next one, rather than moving there.
        var isStepped = false
    }

    /// Something that happened, as a thin vertical line.
    struct Mark: Sendable, Equatable {
        let second: Double
        let title: String
    }

    enum Scale: Sendable {
        case linear
        case linearFromZero
        case logarithmic
    }

    /// Of this page only.
    let id: String
    let title: String
    /// What it shows, for who can't see it.
    let description: String
    let scale: Scale
    let lines: [Line]
    let marks: [Mark]
    /// The time at the right end.
    let seconds: Double

    /// The height of the lines' place, in pixels; labels stand below.
    static let height = 150.0
    /// The width of the lines' own coordinates.
    static let width = 1000.0
    /// Marks that lie closer than this part of the width are drawn as one.
    private static let markPlaces = 400.0
    /// More marks than these would lie before the lines like a fence: they stand above them, short.
    private static let mostTallMarks = 60

    /// The whole graphic.
    var text: String {
        let (time, values) = (TimeScale(seconds: self.seconds), self.values)
        return """
            <svg class="plot" role="img" aria-labelledby="\(self.id)-t \(self.id)-d" width="100%" height="190">
            <title id="\(self.id)-t">\(HTML.text(self.title))</title>
            <desc id="\(self.id)-d">\(HTML.text(self.description))</desc>
            \(self.grid(values))
            \(self.clock(time))
            \(self.marks(time))
            \(self.paths(time, values))
            </svg>
            """
    }

    /// The vertical axis.
    var values: PlotScale {
        let values = self.lines.flatMap { $0.points.compactMap(\.value) }
        return switch self.scale {
        case .linear: .linear(values, hasZero: false)
        case .linearFromZero: .linear(values, hasZero: true)
        case .logarithmic: .logarithmic(values)
        }
    }

    /// A line's path in the coordinates of the graphic within; what is alone between gaps is a dot.
    ///
    /// - Parameters:
    ///   - line: what is drawn.
    ///   - time: the horizontal axis.
    ///   - values: the vertical axis.
    /// - Returns: nothing where no point has a value.
    static func path(_ line: Line, _ time: TimeScale, _ values: PlotScale) -> String {
        var (path, isDrawing, lastY) = ("", false, 0.0)
        for point in line.points {
            guard let x = time.place(point.second), let y = point.value.flatMap(values.place) else {
                isDrawing = false
                continue
            }
            let (left, top) = (x * Self.width, Self.top(y))
            path += Self.segment(to: left, top, from: isDrawing ? lastY : nil, isStepped: line.isStepped)
            (isDrawing, lastY) = (true, top)
        }
        return path
    }

    /// No line of length 0 is drawn without one of its own: the caps make a dot of it.
    private static func segment(to left: Double, _ top: Double, from last: Double?, isStepped: Bool) -> String {
        let (x, y) = (Self.coordinate(left), Self.coordinate(top))
        guard last != nil else { return "M\(x) \(y)h0" }
        return isStepped ? "H\(x)V\(y)" : "L\(x) \(y)"
    }

    private static func top(_ place: Double) -> Double { Self.height * (1 - place) }

    private static func coordinate(_ value: Double) -> String {
        let text = String(format: "%.1f", value.isFinite ? value : 0)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension SVGPlot {
    private func grid(_ values: PlotScale) -> String {
        values.ticks.compactMap { tick in
            guard let place = values.place(tick) else { return nil }
            let top = Self.coordinate(Self.top(place) + 8)
            let line = "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(top)\" y2=\"\(top)\"/>"
            return line + "<text x=\"-8\" y=\"\(top)\" dy=\"0.32em\" class=\"end\">\(values.label(tick))</text>"
        }.joined(separator: "\n")
    }

    /// Every other label can go where there is no room.
    private func clock(_ time: TimeScale) -> String {
        time.ticks.enumerated().compactMap { index, tick in
            guard let place = time.place(Double(tick)) else { return nil }
            let left = Self.coordinate(place * 100) + "%"
            return "<line class=\"grid\" x1=\"\(left)\" x2=\"\(left)\" y1=\"158\" y2=\"163\"/>"
                + "<text x=\"\(left)\" y=\"178\" class=\"middle\(index % 2 > 0 ? " odd" : "")\">\(time.label(tick))</text>"
        }.joined(separator: "\n")
    }

    /// Each with a wider line that can't be seen, so that a pointer finds it.
    private func marks(_ time: TimeScale) -> String {
        let places = Dictionary(grouping: self.marks) { mark in
            time.place(mark.second).map { Int(($0 * Self.markPlaces).rounded()) } ?? -1
        }
        let bottom = places.count > Self.mostTallMarks ? 7 : 158
        return places.filter { $0.key >= 0 }.sorted { $0.key < $1.key }.map { place, marks in
            let left = Self.coordinate(Double(place) / Self.markPlaces * 100) + "%"
            let ends = "x1=\"\(left)\" x2=\"\(left)\" y1=\"1\""
            return "<g><title>\(Self.title(of: marks))</title><line class=\"mark\" \(ends) y2=\"\(bottom)\"/>"
                + "<line class=\"hit\" \(ends) y2=\"158\"/></g>"
        }.joined(separator: "\n")
    }

    private static func title(of marks: [Mark]) -> String {
        let more = marks.count > 3 ? ["and \(marks.count - 3) more"] : []
        return HTML.text((marks.prefix(3).map(\.title) + more).joined(separator: "; "))
    }

    private func paths(_ time: TimeScale, _ values: PlotScale) -> String {
        let paths = self.lines.enumerated().map { index, line in
            "<path class=\"line line\(index + 1)\" d=\"\(Self.path(line, time, values))\"/>"
        }
        // In reverse: the first line is the one that matters most, and lies on top.
        return "<svg y=\"8\" width=\"100%\" height=\"150\" viewBox=\"0 0 1000 150\" preserveAspectRatio=\"none\">\n"
            + paths.reversed().joined(separator: "\n") + "\n</svg>"
    }
}
