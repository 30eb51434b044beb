//! Every style with every type in every place, written by the generated client and read by the generated server; what
//! stands on the wire between them is held against the tables of the OpenAPI specification (3.1.1, style examples).

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use serde_json::{Map, Value, json};

use crate::workshop::{self, Process};

/// A parameter: where it stands, how it is written, what it holds.
struct Case {
    place: &'static str,
    style: &'static str,
    explode: bool,
    reserved: bool,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
    List,
    Colour,
    Texts,
}

const KINDS: [Kind; 5] = [
    Kind::Text,
    Kind::Number,
    Kind::List,
    Kind::Colour,
    Kind::Texts,
];
/// What means something in a URL, a header or a cookie, what is not ASCII, and what is nothing.
const ODD: &str = "a b&c=d+e%2Cf,g;h|i.j/k?l#m:n@o!p$q'r(s)t*ü€\u{1F600}\\\"<>[]{}^`~";

impl Kind {
    fn schema(self) -> &'static str {
        match self {
            Kind::Text => "Text",
            Kind::Number => "Number",
            Kind::List => "List",
            Kind::Colour => "Colour",
            Kind::Texts => "Texts",
        }
    }

    /// Values as Rust writes them, each with the place of its text in the table, where it has one.
    fn values(self, case: &Case) -> Vec<(String, Option<usize>)> {
        // What means something to a style by itself has no other way to be written there; and with `allowReserved`
        // what looks encoded is taken to be (RFC 6570, 3.2.3).
        let odd = match (case.style, case.reserved) {
            ("spaceDelimited", _) => ODD.replace([' ', '%'], ""),
            ("pipeDelimited", _) => ODD.replace(['|', '%'], ""),
            (_, true) => ODD.replace('%', ""),
            (_, false) => ODD.to_owned(),
        };
        let odd = format!("{odd:?}");
        match self {
            Kind::Text => {
                let mut values = vec![
                    ("\"blue\".to_owned()".to_owned(), Some(1)),
                    (format!("{odd}.to_owned()"), None),
                ];
                // Nothing can't be a part of a path by itself.
                if (case.place, case.style) != ("path", "simple") {
                    values.push(("String::new()".into(), Some(0)));
                }
                values
            }
            Kind::Number => [0, -1, i64::MAX]
                .iter()
                .map(|one| (format!("oarlock_runtime::Integer::from({one}_i64)"), None))
                .collect(),
            Kind::List => vec![
                (
                    "[\"blue\", \"black\", \"brown\"].map(str::to_owned).to_vec()".into(),
                    Some(2),
                ),
                (format!("vec![{odd}.to_owned(), \"x\".to_owned()]"), None),
                ("vec![\"one\".to_owned()]".into(), None),
            ],
            Kind::Colour => vec![
                ("colour(100, 200, 150)".into(), Some(3)),
                ("colour(-1, 0, 5)".into(), None),
            ],
            Kind::Texts => vec![
                (format!("texts({odd}, \"x\")"), None),
                ("texts(\"5\", \"true\")".into(), None),
            ],
        }
    }
}

/// What the tables have for nothing, `blue`, the list and the object; none where a table has no such row.
fn table(case: &Case) -> [Option<&'static str>; 4] {
    let all = match (case.place, case.style, case.explode) {
        (_, "matrix", false) => [
            ";color",
            ";color=blue",
            ";color=blue,black,brown",
            ";color=R,100,G,200,B,150",
        ],
        (_, "matrix", true) => [
            ";color",
            ";color=blue",
            ";color=blue;color=black;color=brown",
            ";R=100;G=200;B=150",
        ],
        (_, "label", false) => [".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
        (_, "label", true) => [".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
        (_, "simple", false) => ["", "blue", "blue,black,brown", "R,100,G,200,B,150"],
        (_, "simple", true) => ["", "blue", "blue,black,brown", "R=100,G=200,B=150"],
        (_, "form", false) => [
            "color=",
            "color=blue",
            "color=blue,black,brown",
            "color=R,100,G,200,B,150",
        ],
        ("cookie", _, true) => [
            "color=",
            "color=blue",
            "color=blue; color=black; color=brown",
            "R=100; G=200; B=150",
        ],
        (_, "form", true) => [
            "color=",
            "color=blue",
            "color=blue&color=black&color=brown",
            "R=100&G=200&B=150",
        ],
        (_, "spaceDelimited", _) => [
            "",
            "",
            "color=blue%20black%20brown",
            "color=R%20100%20G%20200%20B%20150",
        ],
        (_, "pipeDelimited", _) => [
            "",
            "",
            "color=blue%7Cblack%7Cbrown",
            "color=R%7C100%7CG%7C200%7CB%7C150",
        ],
        (_, "deepObject", _) => [
            "",
            "",
            "",
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
        ],
        _ => return [None; 4],
    };
    all.map(Some)
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |place, style, explodes: &[bool], kinds: &[Kind]| {
        for explode in explodes {
            for kind in kinds {
                let (explode, kind) = (*explode, *kind);
                cases.push(Case {
                    place,
                    style,
                    explode,
                    reserved: false,
                    kind,
                });
                if place == "query" && style != "content" {
                    cases.push(Case {
                        place,
                        style,
                        explode,
                        reserved: true,
                        kind,
                    });
                }
            }
        }
    };
    for style in ["matrix", "label", "simple"] {
        add("path", style, &[false, true], &KINDS);
    }
    add("query", "form", &[false, true], &KINDS);
    add(
        "query",
        "spaceDelimited",
        &[false],
        &[Kind::List, Kind::Colour, Kind::Texts],
    );
    add(
        "query",
        "pipeDelimited",
        &[false],
        &[Kind::List, Kind::Colour, Kind::Texts],
    );
    add("query", "deepObject", &[true], &[Kind::Colour, Kind::Texts]);
    add("header", "simple", &[false, true], &KINDS);
    add("cookie", "form", &[false, true], &KINDS);
    add("cookie", "cookie", &[true], &[Kind::Number, Kind::Colour]);
    for place in ["path", "query", "header", "cookie"] {
        add(place, "content", &[false], &KINDS);
    }
    cases
}

fn document() -> String {
    let mut paths = Map::new();
    for (index, case) in cases().iter().enumerate() {
        let schema = json!({ "$ref": format!("#/components/schemas/{}", case.kind.schema()) });
        let mut parameter = json!({ "name": "color", "in": case.place, "required": true });
        if case.style == "content" {
            parameter["content"] = json!({ "application/json": { "schema": schema } });
        } else {
            parameter["style"] = json!(case.style);
            parameter["explode"] = json!(case.explode);
            parameter["schema"] = schema;
        }
        if case.reserved {
            parameter["allowReserved"] = json!(true);
        }
        let path = match case.place {
            "path" => format!("/m{index}/x{{color}}"),
            _ => format!("/m{index}"),
        };
        let answer = json!({ "$ref": format!("#/components/schemas/Echo{}", case.kind.schema()) });
        let answer = json!({ "description": "The same.", "content": { "application/json": { "schema": answer } } });
        let operation = json!({ "operationId": format!("m{index}"), "tags": ["matrix"], "parameters": [parameter], "responses": { "200": answer } });
        paths.insert(path, json!({ "get": operation }));
    }
    let mut schemas = Map::new();
    let integer = json!({ "type": "integer" });
    let text = json!({ "type": "string" });
    let object = |members: Value| json!({ "type": "object", "required": members.as_object().map(|one| one.keys().collect::<Vec<_>>()), "properties": members });
    for (kind, schema) in KINDS.iter().zip([
        text.clone(),
        integer.clone(),
        json!({ "type": "array", "items": text }),
        object(json!({ "R": integer, "G": integer, "B": integer })),
        object(json!({ "a": text, "b": text })),
    ]) {
        let name = kind.schema();
        schemas.insert(name.into(), schema);
        let value = json!({ "$ref": format!("#/components/schemas/{name}") });
        schemas.insert(
            format!("Echo{name}"),
            object(json!({ "value": value, "wire": text })),
        );
    }
    let whole = json!({ "openapi": "3.2.0", "info": { "title": "Matrix", "version": "1" }, "paths": paths, "components": { "schemas": schemas } });
    format!("{whole:#}\n")
}

fn handlers() -> String {
    let mut out = String::from(
        "use matrix_api::{matrix::*, types::*};\nuse oarlock_runtime::{Problem, RequestContext};\nuse crate::App;\n\n\
         fn header(cx: &RequestContext, name: &str) -> String {\n    \
         cx.headers().get(name).map(|one| String::from_utf8_lossy(one.as_bytes()).into_owned()).unwrap_or_default()\n}\n\n\
         impl Matrix for App {\n",
    );
    for (index, case) in cases().iter().enumerate() {
        let wire = match case.place {
            "path" => "cx.uri().path().rsplit_once(\"/x\").map_or(\"\", |one| one.1).to_owned()",
            "query" => "cx.uri().query().unwrap_or_default().to_owned()",
            "header" => "header(cx, \"color\")",
            _ => "header(cx, \"cookie\")",
        };
        let echo = format!("Echo{}", case.kind.schema());
        let _ = writeln!(
            out,
            "    async fn m{index}(&self, request: M{index}Request, cx: &RequestContext) -> Result<M{index}Response, Problem> {{\n        \
             Ok(M{index}Response::Ok({echo} {{ value: request.color, wire: {wire} }}))\n    }}"
        );
    }
    out + "}\n"
}

fn driver() -> String {
    let mut out = String::from(
        "use matrix_api::{client::Client, matrix::*, types::*};\n\n\
         fn colour(r: i64, g: i64, b: i64) -> Colour {\n    Colour { r: r.into(), g: g.into(), b: b.into() }\n}\n\n\
         fn texts(a: &str, b: &str) -> Texts {\n    Texts { a: a.to_owned(), b: b.to_owned() }\n}\n\n\
         fn told<T: PartialEq + std::fmt::Debug>(what: &str, sent: T, found: (T, String), wanted: Option<&str>) {\n    \
         let same = sent == found.0 && wanted.is_none_or(|one| one == found.1);\n    \
         println!(\"{} {what} {:?}\", if same { \"same\" } else { \"DIFFERENT\" }, found.1);\n    \
         if !same { println!(\"  sent {sent:?}, found {:?}, wanted {wanted:?}\", found.0); }\n}\n\n\
         macro_rules! ask {\n    ($client:expr, $what:expr, $method:ident, $request:ident, $response:ident, $value:expr, $wire:expr) => {{\n        \
         let sent = $value;\n        \
         match $client.$method($request { color: sent.clone() }).await {\n            \
         Ok($response::Ok(echo)) => told($what, sent, (echo.value, echo.wire), $wire),\n            \
         Err(error) => println!(\"DIFFERENT {} {sent:?} {error:?}\", $what),\n        }\n    }};\n}\n\n\
         #[tokio::main(flavor = \"current_thread\")]\nasync fn main() {\n    \
         let client = Client::new(&std::env::args().nth(1).unwrap_or_default()).expect(\"an address\");\n",
    );
    for (index, case) in cases().iter().enumerate() {
        let what = format!(
            "{} {} explode={} reserved={} {}",
            case.place,
            case.style,
            case.explode,
            case.reserved,
            case.kind.schema()
        );
        for (value, row) in case.kind.values(case) {
            let wire = row
                .and_then(|row| table(case)[row])
                .filter(|_| !case.reserved);
            let _ = writeln!(
                out,
                "    ask!(client, {what:?}, m{index}, M{index}Request, M{index}Response, {value}, {wire:?});"
            );
        }
    }
    out + "}\n"
}

static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
    let document_path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix.json");
    fs::write(&document_path, document()).expect("the document");
    let project = workshop::generate("matrix", &document_path);
    fs::write(project.join("services/matrix/src/matrix.rs"), handlers()).expect("the handlers");
    workshop::write_driver(&project, "matrix", &driver());
    project
});
pub(crate) static MATRIX: LazyLock<PathBuf> = LazyLock::new(|| workshop::build(&PROJECT, "matrix"));

#[test]
fn every_style_with_every_type_in_every_place() {
    let process = Process::start("matrix", &[]);
    let driver = workshop::build(&PROJECT, "driver");
    let output = Command::new(driver)
        .arg(format!("http://127.0.0.1:{}", process.http))
        .output()
        .expect("the driver runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let different: Vec<&str> = told
        .lines()
        .filter(|line| !line.starts_with("same "))
        .collect();
    assert!(
        different.is_empty(),
        "{}\n{}",
        different.join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
    let count = told.lines().count();
    assert!(count >= 250, "{count} values");
}
