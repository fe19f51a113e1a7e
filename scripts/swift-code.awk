# Splits Swift sources for the checks: for each line `path TAB number TAB code TAB comment`.
#
# Strings and names in backticks are emptied, but for the code interpolated in strings: a word in a text is no use of it.
# Knows raw and multi-line strings (The Swift Programming Language, "String Literals"). Doesn't know regex literals, nor
# block comments, which lint forbids.

# The hashes from `at` on in `line`.
function hashes(at,    count) {
    while (substr(line, at + count, 1) == "#") count++
    return substr(line, at, count)
}

function push(is_string, delimiter, closing) {
    depth++
    string[depth] = is_string
    hash[depth] = delimiter
    quote[depth] = closing
    parentheses[depth] = 0
}

# Takes one step in code: returns how many characters it took.
function take_code(    delimiter, opening) {
    delimiter = character == "#" ? hashes(at) : ""
    if (substr(line, at + length(delimiter), 1) == "\"") {
        opening = substr(line, at + length(delimiter), 3) == "\"\"\"" ? "\"\"\"" : "\""
        push(1, delimiter, opening)
        code = code "\""
        return length(delimiter) + length(opening)
    }
    if (character == "`") {
        push(1, "", "`")
        code = code "\""
        return 1
    }
    if (depth == 0 && substr(line, at, 2) == "//") {
        comment = substr(line, at)
        return length(comment)
    }
    if (character == "(") parentheses[depth]++
    if (character == ")" && parentheses[depth]-- == 0 && depth > 0) {
        depth--
        return 1
    }
    code = code character
    return 1
}

# Takes one step in a string: its end, an interpolation's start, an escape, or a character to drop.
function take_string(    escape, closing) {
    closing = quote[depth] hash[depth]
    if (substr(line, at, length(closing)) == closing) {
        depth--
        code = code "\""
        return length(closing)
    }
    escape = "\\" hash[depth]
    if (substr(line, at, length(escape)) != escape) return 1
    if (substr(line, at + length(escape), 1) == "(") {
        push(0, "", "")
        code = code " "
    }
    return length(escape) + 1
}

FNR == 1 { depth = 0 }

{
    line = $0
    gsub(/\t/, " ", line)
    code = comment = ""
    # A single-line string or its interpolation can't go on in the next line: what looks so was a regex literal.
    while (depth > 0 && quote[depth] != "\"\"\"" && !(depth > 1 && quote[depth - 1] == "\"\"\"")) depth--
    for (at = 1; at <= length(line); ) {
        character = substr(line, at, 1)
        at += string[depth] && depth > 0 ? take_string() : take_code()
    }
    print FILENAME "\t" FNR "\t" code "\t" comment
}
