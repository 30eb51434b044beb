/// What a word that nobody knows was likely meant to be, as the end of a message; nothing where nothing is known.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known.min_by_key(|one| strsim::osa_distance(one, word));
    near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}
