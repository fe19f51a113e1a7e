/// The one of `names` that `name` was likely meant to be: at most three edits away, and no more than half its
/// length.
func nearest(to name: String, of names: [String]) -> String? {
    // Longer than any name by more than three: the distance need not be counted.
    guard name.utf8.count <= 64 else { return nil }
    let ranked = names.map { (name: $0, edits: edits(Array(name.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= 3 else { return nil }
    return best.edits * 2 <= best.name.utf8.count ? best.name : nil
}

/// Levenshtein's distance: insertions, deletions and replacements, one row of the matrix at a time.
private func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var next = [index + 1]
        for (column, (other, above)) in zip(right, zip(row, row.dropFirst())).enumerated() {
            next.append(min(above.1 + 1, next[column] + 1, above.0 + (byte == other ? 0 : 1)))
        }
        row = next
    }
    return row.last ?? 0
}
