//! Every operation of the workshop through its generated client: what the client writes the server reads, and the other
//! way round. Prints a line for each part that holds; ends at the first that does not.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::Duration,
};

use oarlock_runtime::{
    Body, Bytes, Items, Part, Parts,
    client::{CallError, Client as Connection, Credential},
};
use workshop_api::{client::Client, doors::*, files::*, news::*, tools::*, types::*, webhooks::*};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let address = std::env::args().nth(1).ok_or("an address")?;
    let client = Client::new(&address)?;
    parameters(&client).await?;
    paths(&client).await?;
    bodies(&client).await?;
    forms(&client).await?;
    blobs(&client).await?;
    streams(&client).await?;
    doors(&address).await?;
    outgoing(&client).await?;
    Ok(())
}

macro_rules! answered {
    ($answer:expr, $pattern:pat $(if $guard:expr)? => $value:expr) => {
        match $answer {
            $pattern $(if $guard)? => $value,
            other => return Err(format!("{other:?}").into()),
        }
    };
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Outcome {
    if found != wanted {
        return Err(format!("{what}: {found:?} is not {wanted:?}").into());
    }
    println!("{what}");
    Ok(())
}

fn place(room: i64, shelf: &str) -> Place {
    Place {
        room: room.into(),
        shelf: Some(shelf.to_owned()),
        exact: Some(true),
    }
}

fn note(id: i64, text: &str) -> Note {
    Note {
        id: id.into(),
        text: text.to_owned(),
        tags: Some(vec!["a".into(), "ü & <b>".into()]),
    }
}

async fn parameters(client: &Client) -> Outcome {
    let odd = "a&b=c+d%2C,ü /?#[]@!$'()*;:| \"";
    let asked = FindToolsRequest {
        r#where: Some(place(1, odd)),
        filter: Some(place(2, odd)),
        sizes: Some(vec![1.into(), (-20).into()]),
        key: Some(FindToolsKey::Integer(100.into())),
        sort: vec!["size".into(), odd.into()],
        kind: Kind::Plane,
        flag: Some(false),
        from: Some("https://example.com/a?b=1".into()),
        session: Some(odd.into()),
        seen: Some(vec![3.into(), 4.into()]),
        x_bounds: Some(Place { shelf: Some("low, left".into()), ..place(5, "") }),
    };
    let found = answered!(client.find_tools(asked.clone()).await?, FindToolsResponse::Ok(found) => found);
    same("deepObject", found.r#where, asked.r#where)?;
    same("JSON in the query", found.filter, asked.filter)?;
    same("pipeDelimited", found.sizes, asked.sizes)?;
    same("one of several types", found.key, Some(serde_json::json!(100)))?;
    same("form, exploded", found.sort, asked.sort)?;
    same("an enum", found.kind.as_deref(), Some("plane"))?;
    same("a boolean", found.flag, asked.flag)?;
    same("allowReserved", found.from, asked.from)?;
    same("a cookie", found.session, asked.session)?;
    same("a cookie with a list", found.seen, asked.seen)?;
    same("an exploded header", found.bounds, asked.x_bounds)?;
    let all = SearchByQueryRequest { all: Some(place(6, odd)) };
    let found = answered!(client.search_by_query(all).await?, SearchByQueryResponse::Ok(found) => found);
    same("querystring", found, place(6, odd))
}

async fn paths(client: &Client) -> Outcome {
    for name in ["saw", "a/b", "ü.json", "..x", "a:lend", "%2F"] {
        let asked = ToolAsJsonRequest { name: name.into() };
        let found = answered!(client.tool_as_json(asked).await?, ToolAsJsonResponse::Ok(found) => found);
        same("text behind a parameter", found.as_str(), name)?;
    }
    let asked = ToolRangeRequest { from: 3.into(), to: 4.into() };
    let found = answered!(client.tool_range(asked).await?, ToolRangeResponse::Ok(found) => found);
    same("two parameters in a segment", found, 7.into())?;
    let asked = ToolMatrixRequest { ids: vec![1.into(), 2.into()], place: place(9, "x;y=z") };
    let found = answered!(client.tool_matrix(asked).await?, ToolMatrixResponse::Ok(found) => found);
    same("label and matrix", found.shelf.as_deref(), Some("x;y=z of 2"))?;
    answered!(client.link_tools().await?, LinkToolsResponse::NoContent => println!("a method of one's own"));
    let asked = SearchToolsRequest { body: place(1, "q") };
    let found = answered!(client.search_tools(asked).await?, SearchToolsResponse::Ok(found) => found);
    same("QUERY", found, place(1, "q"))?;
    #[expect(deprecated, reason = "the document says so")]
    let dropped = client.drop_tools(DropToolsRequest { body: Some(vec!["a".into(), "b".into()]) }).await?;
    same("a body on DELETE", answered!(dropped, DropToolsResponse::Ok(count) => count), 2.into())?;
    #[expect(deprecated, reason = "the document says so")]
    let refused = client.drop_tools(DropToolsRequest { body: Some(vec![String::new(); 4]) }).await?;
    let detail = answered!(refused, DropToolsResponse::Default { status, body } if status == 400 => body.detail);
    same("a refusal is typed", detail.is_some_and(|detail| detail.contains("body")), true)
}

async fn bodies(client: &Client) -> Outcome {
    let asked = WriteNoteRequest { body: WriteNoteBody::Json(note(1, "a\n\"b\"")) };
    let found = answered!(client.write_note(asked).await?, WriteNoteResponse::Ok(WriteNoteOkBody::Json(found)) => found);
    same("JSON", found, note(1, "a\n\"b\""))?;
    let asked = WriteNoteRequest { body: WriteNoteBody::Plain("ü".into()) };
    let found = answered!(client.write_note(asked).await?, WriteNoteResponse::Ok(WriteNoteOkBody::Plain(found)) => found);
    same("text", found.as_str(), "ü")
}

async fn forms(client: &Client) -> Outcome {
    let file = Part::new("a \"b\".txt", "text/x-odd", Bytes::from_static(b"12345"));
    let streamed = Body::stream(futures_util::stream::iter((0..100).map(|_| Ok(Bytes::from(vec![0; 1000])))));
    let parts = Parts::of([
        SendFilesPart::Title("ü\r\n".into()),
        SendFilesPart::Count(5.into()),
        SendFilesPart::Place(place(8, "x")),
        SendFilesPart::Tags("one".into()),
        SendFilesPart::Tags("two".into()),
        SendFilesPart::File(file),
        SendFilesPart::More(Part::new("", "image/png", streamed)),
    ]);
    let found = answered!(client.send_files(SendFilesRequest { body: parts }).await?, SendFilesResponse::Ok(found) => found);
    let wanted = ["title ü\r\n", "count 5", "place 8", "tag one", "tag two", "file a \"b\".txt text/x-odd 5", "more - image/png 100000"];
    same("parts and files", found.parts, wanted.map(str::to_owned).to_vec())?;
    let parts = Parts::of([SendFilesPart::Title("no file".into())]);
    let refused = client.send_files(SendFilesRequest { body: parts }).await?;
    let detail = answered!(refused, SendFilesResponse::Default { status, body } if status == 400 => body.detail);
    same("a part that has to be there", detail.is_some_and(|one| one.contains("file")), true)
}

async fn blobs(client: &Client) -> Outcome {
    let pieces = (0..64).map(|_| Ok(Bytes::from(vec![1; 1 << 20])));
    let asked = PutBlobRequest { body: Body::stream(futures_util::stream::iter(pieces)) };
    let (place, sizes, count) = answered!(client.put_blob(asked).await?, PutBlobResponse::Ok { x_place, x_sizes, body } => (x_place, x_sizes, body));
    same("bytes up", count, (64 << 20).into())?;
    same("a header with parts", place.and_then(|one| one.shelf).as_deref(), Some("low, left"))?;
    same("a header with a list", sizes.map(|one| one.len()), Some(2))?;
    let mut blob = answered!(client.get_blob(GetBlobRequest { size: 5_000_001 }).await?, GetBlobResponse::Ok(blob) => blob);
    let mut count = 0;
    while let Some(bytes) = blob.next().await {
        count += bytes?.len();
    }
    same("bytes down", count, 5_000_001)
}

async fn streams(client: &Client) -> Outcome {
    let mut news = answered!(client.read_news(ReadNewsRequest { endless: false }).await?, ReadNewsResponse::Ok(news) => news);
    let mut ids = Vec::new();
    while let Some(event) = news.next().await {
        let event = event?;
        same("an event", event.data.text.as_str(), "new\nlines")?;
        ids.extend(event.id);
    }
    same("events", ids, ["1", "2", "3"].map(str::to_owned).to_vec())?;
    let mut endless = answered!(client.read_news(ReadNewsRequest { endless: true }).await?, ReadNewsResponse::Ok(news) => news);
    for _ in 0..5 {
        endless.next().await.ok_or("an endless stream ended")??;
    }
    println!("an endless stream");
    let mut objects = answered!(client.read_news_objects().await?, ReadNewsObjectsResponse::Ok(objects) => objects);
    let first = objects.next().await.ok_or("no event")??;
    same("an event with its fields", (first.data.as_str(), first.event.as_deref()), ("one", Some("told")))?;
    let lines = AddLinesRequest { body: Items::of((0..1000).map(|id| note(id, "line\n"))) };
    let mut back = answered!(client.add_lines(lines).await?, AddLinesResponse::Ok(back) => back);
    let mut count = 0;
    while let Some(line) = back.next().await {
        if line? != note(count, "line\n") {
            return Err("a line is not what was sent".into());
        }
        count += 1;
    }
    same("lines up and down", count, 1000)
}

async fn doors(address: &str) -> Outcome {
    let with = |name: &str, credential: Credential| -> Result<Client, CallError> {
        Ok(Client(Connection::new(address)?.with_credential(name, credential)))
    };
    let none = Client::new(address)?;
    same("nobody comes in", answered!(none.either().await?, EitherResponse::Default { status, .. } => status.as_u16()), 401)?;
    same("anyone may", answered!(none.maybe().await?, MaybeResponse::Ok(who) => who).as_str(), "nobody")?;
    for (name, credential, who) in [
        ("queryKey", Credential::api_key("q 1"), "query key"),
        ("cookieKey", Credential::api_key("c;1"), "cookie key"),
        ("login", Credential::bearer("ann+doors-open"), "ann"),
    ] {
        let found = answered!(with(name, credential)?.either().await?, EitherResponse::Ok(found) => found);
        same("one of several credentials", found.as_str(), who)?;
    }
    let without = with("login", Credential::bearer("bob"))?.either().await?;
    same("a scope that is missing", answered!(without, EitherResponse::Default { status, .. } => status.as_u16()), 403)?;
    let one = with("headerKey", Credential::api_key("h1"))?.both().await?;
    same("one of two is not enough", answered!(one, BothResponse::Default { status, .. } => status.as_u16()), 401)?;
    let two = Connection::new(address)?
        .with_credential("headerKey", Credential::api_key("h1"))
        .with_credential("basic", Credential::basic("eve", "p"));
    let found = answered!(Client(two).both().await?, BothResponse::Ok(found) => found);
    same("two credentials together", found.as_str(), "header key and eve")?;
    let digest = with("digest", Credential::authorization("digest", "username=\"ann\""))?;
    same("another scheme", answered!(digest.maybe().await?, MaybeResponse::Ok(who) => who).as_str(), "digest")?;
    let identity = with("identity", Credential::bearer("ann+profile"))?;
    same("OpenID Connect", answered!(identity.odd().await?, OddResponse::Ok(who) => who).as_str(), "ann")
}

/// Takes one request, answers 200 or 204, and gives what came.
fn listen(status: &'static str) -> Result<(u16, std::thread::JoinHandle<String>), std::io::Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    let heard = std::thread::spawn(move || {
        let mut text = String::new();
        let Ok((mut stream, _)) = listener.accept() else { return text };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let mut piece = [0; 4096];
        while !text.ends_with('}') {
            match stream.read(&mut piece) {
                Ok(count) if count > 0 => text.push_str(&String::from_utf8_lossy(&piece[..count])),
                _ => break,
            }
        }
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes());
        text
    });
    Ok((port, heard))
}

async fn outgoing(client: &Client) -> Outcome {
    let (port, heard) = listen("204 No Content")?;
    let url = format!("http://127.0.0.1:{port}/back?id=1");
    // The callback's address is a parameter that the operation does not declare: the expression alone names it.
    let raw = Connection::new(&std::env::args().nth(1).unwrap_or_default())?;
    let mut call = raw.call("lendTool", "POST", "/tools/saw:lend");
    call.query("tell", oarlock_runtime::Encoding::FORM, Some(&url));
    same("a callback is answered", call.send().await?.status().as_u16(), 200)?;
    let heard = heard.join().map_err(|_| "the listener panicked")?;
    same("a callback", heard.starts_with("POST /back?id=1 ") && heard.ends_with("{\"room\":7,\"shelf\":\"saw\"}"), true)?;
    let lent = client.lend_tool(LendToolRequest { name: "saw".into() }).await?;
    same("a callback without an address", answered!(lent, LendToolResponse::Default { status, .. } => status.as_u16()), 409)?;
    let (port, heard) = listen("200 OK")?;
    let url = format!("http://127.0.0.1:{port}/hook");
    let refused = Webhooks::default().tool_arrived(&url, ToolArrivedRequest { body: note(1, "x") }).await;
    same("private addresses are refused", refused.is_err(), true)?;
    let hooks = Webhooks(Connection::default().allow_private_addresses(true));
    let ToolArrivedResponse::Ok = hooks.tool_arrived(&url, ToolArrivedRequest { body: note(1, "x") }).await?;
    let heard = heard.join().map_err(|_| "the listener panicked")?;
    same("a webhook", heard.starts_with("POST /hook ") && heard.contains("\"id\":1"), true)
}
