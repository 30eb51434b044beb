//! Texts that would break out of what they are written into, by what that is. `{n}` is the canary's number.

/// A text of the same shape that breaks out of nothing.
pub(crate) const HARMLESS: &str = "canary-{n}-";

pub(crate) const PAYLOADS: [(&str, &str); 45] = [
    ("rust comment", "*/ pub fn canary_{n}() {} /* "),
    ("rust line comment", "\n pub fn canary_{n}() {}\n"),
    ("rust line comment", "\r pub fn canary_{n}() {}\r\n"),
    (
        "rust line comment",
        "\u{2028}pub fn canary_{n}() {}\u{2029}\u{85}\u{b}\u{c}",
    ),
    ("rust inner attribute", "]\n#![canary_{n}]\n"),
    ("rust doc", "/ canary_{n}"),
    ("rust doc", "* canary_{n} */"),
    (
        "rust doctest",
        "\n\n    canary_{n}!();\n\n```\ncanary_{n}!();\n```\n",
    ),
    ("rust string", "\"; canary_{n}(); \""),
    ("rust string", "\\\"; canary_{n}(); //"),
    ("rust raw string", "\"#; canary_{n}(); r#\""),
    ("rust raw string", "\"###; canary_{n}(); //"),
    ("rust string", "\\u{22}; canary_{n}(); \\"),
    ("rust format", "{canary_{n}} {0} {:?} {{}} %s"),
    ("rust printing", "crate :: canary_{n} (\n) => {"),
    ("rust identifier", "r#canary_{n} self super crate Self _"),
    (
        "rustdoc link",
        "[canary_{n}] [`canary_{n}`] [x](canary_{n}) [y](javascript:canary_{n}) ![z](data:canary_{n})",
    ),
    (
        "rustdoc link",
        "[canary]: javascript:canary_{n}\n\n[canary]\n\n",
    ),
    (
        "rustdoc html",
        "<script>canary_{n}()</script> `<img src=x onerror=canary_{n}()>",
    ),
    (
        "rustdoc html",
        "\n<div>\n\\<b onclick='canary_{n}()'>\n<![CDATA[<i>]]>\n\n`\n\n",
    ),
    ("yaml", "\ncanary_{n}: true\n"),
    ("yaml", ": {canary_{n}: 1} #"),
    ("yaml", " #canary_{n}"),
    ("yaml", "' , canary_{n}: '"),
    ("yaml", "\"\ncanary_{n}: \""),
    ("yaml", "&canary_{n} *a !!b"),
    ("yaml", "- canary_{n}\n- |\n  x\n---\n"),
    ("yaml", "*canary_{n}"),
    ("yaml", "%canary_{n} @ `"),
    ("helm", "{{ canary_{n} }}"),
    ("helm", "{{- include \"canary_{n}\" . -}}{%canary_{n}%}"),
    ("toml", "\"\n[canary_{n}]\nx = \""),
    ("toml", "\"\"\"\ncanary_{n} = 1\n'''"),
    ("dockerfile", "\nRUN canary_{n}\n"),
    ("dockerfile", "${canary_{n}} $canary_{n} \\"),
    ("dockerfile", "\" \\\n canary_{n}=\""),
    (
        "shell",
        "$(canary_{n}) `canary_{n}` ; canary_{n} | canary_{n} && canary_{n}",
    ),
    ("json", "\",\"canary_{n}\":\""),
    ("json", "\\\",\"canary_{n}\":1}]"),
    ("prometheus", "\"} 1\ncanary_{n}{a=\"\\"),
    ("file name", "../../canary_{n}/"),
    ("file name", "/canary_{n}\\..\\C:canary_{n}\0"),
    (
        "terminal",
        "\u{1b}[31mcanary_{n}\u{1b}]0;canary_{n}\u{7}\u{8}\u{7f}",
    ),
    ("terminal", "\u{9b}31mcanary_{n}\r\u{9d}\u{90}\u{feff}"),
    (
        "bidi",
        "\u{202e}canary_{n}\u{2066}\u{200f}\u{61c}\u{2069}\u{202a}",
    ),
];
