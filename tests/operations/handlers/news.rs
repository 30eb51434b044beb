//! The handlers of `news`.

use std::time::Duration;

use oarlock_runtime::{Event, Items, Problem, RequestContext, channel};
use workshop_api::{
    news::*,
    types::{Note, ReadNewsObjectsOkBody},
};

use crate::App;

fn note(id: i64, text: &str) -> Note {
    Note {
        id: id.into(),
        text: text.to_owned(),
        tags: None,
    }
}

impl News for App {
    async fn read_news(
        &self,
        request: ReadNewsRequest,
        cx: &RequestContext,
    ) -> Result<ReadNewsResponse, Problem> {
        let last = cx.last_event_id().and_then(|id| id.parse::<i64>().ok());
        let from = last.unwrap_or(0) + 1;
        if !request.endless {
            let events = (from..from + 3).map(|id| Event::new(note(id, "new\nlines")).with_id(id.to_string()));
            return Ok(ReadNewsResponse::Ok(Items::of(events)));
        }
        let (sender, events) = channel(1);
        tokio::spawn(async move {
            for id in from.. {
                if sender.send(Event::new(note(id, "tick"))).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        Ok(ReadNewsResponse::Ok(events))
    }

    async fn read_news_objects(&self, _cx: &RequestContext) -> Result<ReadNewsObjectsResponse, Problem> {
        let events = ["one", "two"].map(|data| ReadNewsObjectsOkBody {
            event: Some("told".into()),
            id: None,
            data: data.into(),
        });
        Ok(ReadNewsObjectsResponse::Ok(Items::of(events)))
    }

    async fn add_lines(
        &self,
        request: AddLinesRequest,
        _cx: &RequestContext,
    ) -> Result<AddLinesResponse, Problem> {
        let mut lines = request.body;
        // The first is waited for, so that a stream that breaks the document at once is refused by a status.
        let first = lines.next().await.transpose()?;
        let (sender, answered) = channel(1);
        tokio::spawn(async move {
            let mut next = first.map(Ok);
            while let Some(line) = next {
                let sent = match line {
                    Ok(line) => sender.send(line).await,
                    Err(problem) => {
                        let _ = sender.fail(problem).await;
                        return;
                    }
                };
                if sent.is_err() {
                    return;
                }
                next = lines.next().await;
            }
        });
        Ok(AddLinesResponse::Ok(answered))
    }
}
