"""File names that must be kept exactly, and names that must be refused."""

GOOD_NAMES = {
    "plain": "report.pdf",
    "one character": "x",
    "spaces at its ends": "  two words  ",
    "accents, composed": "caf\u00e9 ma\u00f1ana.txt",
    "accents, decomposed": "cafe\u0301.txt",
    "cyrillic, han, arabic": "\u0444\u0430\u0439\u043b \u6587\u4ef6 \u0645\u0644\u0641.txt",
    "emoji with joiners": "\U0001f469\u200d\U0001f692 \U0001f1e8\U0001f1f4.png",
    "right-to-left override": "invoice\u202efdp.exe",
    "line separator (not Cc)": "a\u2028b.txt",
    "private use": "\ue000.bin",
    "noncharacter": "\uffff.bin",
    "double quotes": 'the "best" one.txt',
    "semicolons, equals": "a;filename=b.txt",
    "percent signs": "100%41 %2e%2e %.txt",
    "single quotes": "it''s'.txt",
    "three dots": "...",
    "hidden": ".env",
    "looks like markup": "<script>alert(1)<!--.txt",
    "looks like SQL": "'; DROP TABLE files; --",
    "comma, colon, star, question": "a,b:c*d?e|f.txt",
    "plus, ampersand, hash": "a+b&c#d.txt",
    "255 letters": "n" * 255,
    "255 emoji": "\U0001f525" * 255,
}

BAD_NAMES = {
    "empty": "",
    "dot": ".",
    "dot dot": "..",
    "slash": "a/b",
    "leading slash": "/etc",
    "backslash": "a\\b",
    "climbing": "../../x",
    "null": "a\x00b",
    "newline": "a\nb",
    "carriage return": "a\rb",
    "tab": "a\tb",
    "delete": "a\x7fb",
    "C1 control": "a\x85b",
    "256 letters": "n" * 256,
    "256 emoji": "\U0001f525" * 256,
}

# No text at all: JSON can spell it, UTF-8 cannot.
BROKEN_NAMES = {
    "high surrogate": "a\ud800b",
    "low surrogate": "a\udc00b",
    "surrogates in the wrong order": "\udc00\ud800",
}
