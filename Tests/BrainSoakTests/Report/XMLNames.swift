import Foundation
import FoundationXML

/// The names of a document's elements, as an XML parser finds them.
final class XMLNames: NSObject, XMLParserDelegate {
    private var names: [String] = []

    static func read(_ text: some StringProtocol) -> (isWhole: Bool, names: [String]) {
        let (parser, found) = (XMLParser(data: Data(text.utf8)), XMLNames())
        parser.delegate = found
        return (parser.parse(), found.names)
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        self.names.append(name)
    }
}
