//! What may be read in more than one way: XML has text where JSON has types.

/// How often a document is read at most where every way is tried.
const MOST: usize = 8;

/// In what two readings differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The type of a text; the last way is the text itself.
    Text,
    /// Whether there is a list: the first way is that there is none.
    List,
}

enum Plan {
    /// The ways to take, in turn; the first one beyond.
    Each(Vec<usize>),
    /// The first way or the last one, everywhere.
    Same { text: End, list: End },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The choices of one reading.
pub(super) struct Choices {
    plan: Plan,
    /// The way taken and the number of ways, in turn.
    made: Vec<(usize, usize)>,
}

impl Choices {
    fn new(plan: Plan) -> Self {
        let made = Vec::new();
        Choices { plan, made }
    }

    /// Which of some ways to take.
    pub(super) fn choose(&mut self, doubt: Doubt, ways: usize) -> usize {
        if ways < 2 {
            return 0;
        }
        let way = match &self.plan {
            Plan::Each(script) => script.get(self.made.len()).copied().unwrap_or(0),
            Plan::Same { text, list } => {
                let end = if doubt == Doubt::Text { text } else { list };
                if *end == End::Last { ways - 1 } else { 0 }
            }
        };
        self.made.push((way, ways));
        way
    }

    /// The next reading in turn: the last choice that has a way left takes it.
    fn next(mut self) -> Option<Self> {
        while let Some((way, ways)) = self.made.pop() {
            if way + 1 < ways {
                let mut script: Vec<usize> = self.made.iter().map(|(way, _)| *way).collect();
                script.push(way + 1);
                return Some(Choices::new(Plan::Each(script)));
            }
        }
        None
    }
}

/// Every reading, the most specific one first; where there are many, the ends of each doubt alone.
pub(super) fn each<T: PartialEq, E>(
    read: impl Fn(&mut Choices) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let mut choices = Choices::new(Plan::Each(Vec::new()));
    let mut found = vec![read(&mut choices)?];
    let mut keep = |one: Result<T, E>| match one {
        Ok(one) if !found.contains(&one) => found.push(one),
        _ => {}
    };
    let mut ways = choices.made.iter();
    let few = ways.try_fold(1, |product: usize, (_, ways)| {
        Some(product * ways).filter(|product| *product <= MOST)
    });
    if few.is_none() {
        let ends = [
            (End::First, End::Last),
            (End::Last, End::First),
            (End::Last, End::Last),
        ];
        for (text, list) in ends {
            keep(read(&mut Choices::new(Plan::Same { text, list })));
        }
        return Ok(found);
    }
    for _ in 1..MOST {
        let Some(mut next) = choices.next() else {
            break;
        };
        keep(read(&mut next));
        choices = next;
    }
    Ok(found)
}
