import Foundation
import Testing

@testable import BrainSoak

struct SVGPlotTests {
    @Test func `a line goes from point to point, from the left below to the right above`() {
        #expect(Self.path([0, 5, 10]) == "M0 150h0L500 75L1000 0")
    }

    @Test func `a value that is missing or no number makes a gap`() {
        #expect(Self.path([0, nil, 10]) == "M0 150h0M1000 0h0")
        #expect(Self.path([0, .nan, .infinity, 10, 10]).components(separatedBy: "M").count == 3)
    }

    @Test func `a single point is a dot, and no points are no line`() {
        #expect(Self.path([5]) == "M0 75h0")
        #expect(Self.path([]) == "")
        #expect(Self.path([nil, nil]) == "")
    }

    @Test func `steps go to the right, then up`() {
        #expect(Self.path([0, 5, 10], isStepped: true) == "M0 150h0H500V75H1000V0")
    }

    @Test(arguments: [SVGPlot.Scale.linear, .linearFromZero, .logarithmic])
    func `no number that is none is ever printed`(_ scale: SVGPlot.Scale) {
        for values in [[], [nil], [.nan], [.infinity, -.infinity], [0, 1e300], [-1]] as [[Double?]] {
            let text = Self.plot(values, scale: scale, marks: [.init(second: .nan, title: "x")]).text.lowercased()
            #expect(!text.contains("nan"))
            #expect(!text.contains("inf"))
        }
    }

    @Test func `it is well-formed, with a title and a description, whatever stands in them`() {
        let evil = "<b>&\"'\u{0}"
        let text = Self.plot([1, 2], title: evil, marks: [.init(second: 1, title: evil)]).text
        let (isWhole, names) = XMLNames.read(text)
        #expect(isWhole)
        #expect(names.contains("desc"))
        #expect(!text.contains("<b>"))
        #expect(text.contains("role=\"img\" aria-labelledby=\"p-t p-d\""))
    }

    @Test func `each mark stands at its time with its words, and those too near are one`() {
        let marks = [0, 5, 5.001].map { SVGPlot.Mark(second: $0, title: "at \($0)") }
        let text = Self.plot([0, 10], marks: marks).text
        #expect(text.contains("<title>at 0.0</title><line class=\"mark\" x1=\"0%\""))
        #expect(text.contains("<title>at 5.0; at 5.001</title><line class=\"mark\" x1=\"50%\""))
        #expect(text.contains("y1=\"1\" y2=\"158\"/><line class=\"hit\""))
    }

    @Test func `a thousand marks are no more than the width can show`() {
        let marks = (0..<10_000).map { SVGPlot.Mark(second: Double($0) / 1000, title: "fault") }
        let text = Self.plot([0, 10], marks: marks).text
        #expect(text.components(separatedBy: "class=\"mark\"").count - 1 == 401)
        #expect(text.contains("and 22 more"))
        #expect(!text.contains("y1=\"1\" y2=\"158\"/><line class=\"hit\""))
    }

    private static func path(_ values: [Double?], isStepped: Bool = false) -> String {
        let line = SVGPlot.Line(name: "line", points: Self.points(values), isStepped: isStepped)
        let seconds = Double(max(1, values.count - 1))
        return SVGPlot.path(line, TimeScale(seconds: seconds), .linear([0, 10], hasZero: true))
    }

    private static func points(_ values: [Double?]) -> [SVGPlot.Point] {
        values.enumerated().map { SVGPlot.Point(second: Double($0.offset), value: $0.element) }
    }

    private static func plot(
        _ values: [Double?],
        scale: SVGPlot.Scale = .linear,
        title: String = "title",
        marks: [SVGPlot.Mark] = []
    ) -> SVGPlot {
        SVGPlot(
            id: "p",
            title: title,
            description: title,
            scale: scale,
            lines: [SVGPlot.Line(name: "line", points: points(values))],
            marks: marks,
            seconds: 10
        )
    }
}
