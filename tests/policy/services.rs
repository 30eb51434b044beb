//! Several services: each is held against the rules where its value is said, and what they share is told once.

use super::{edit, oarlock, same, shop};

const SERVICES: &str = "services:
  catalog: { tags: [pets], resources: { limits: { memory: 1Gi } }, labels: { example.com/team: Harbour } }
  front: { tags: [public] }
";

#[test]
fn services_are_judged_where_they_say_it() {
    let folder = shop("services");
    edit(
        &folder,
        "oarlock.yaml",
        "limits:\n",
        &format!("{SERVICES}limits:\n"),
    );
    edit(&folder, "oarlock.yaml", "max: 12", "max: 30");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    same("rules/services.txt", &told);
    assert_eq!(told.matches("error[E200]").count(), 3, "{told}");
    assert_eq!(told.matches("(service `catalog`)").count(), 2, "{told}");
    edit(&folder, "oarlock.yaml", "memory: 1Gi", "memory: 512Mi");
    edit(
        &folder,
        "oarlock.yaml",
        "example.com/team: Harbour",
        "example.com/team: pets",
    );
    edit(&folder, "oarlock.yaml", "max: 30", "max: 12");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
}
