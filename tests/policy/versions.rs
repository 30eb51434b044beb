//! Stacks have versions: a project keeps to one, and the step to the next is one edit.

use std::fs;

use super::{edit, oarlock, same, shop, text};

#[test]
fn another_version_is_told_with_both() {
    let folder = shop("version");
    edit(&folder, "stack.yaml", "version: 3", "version: 4");
    // Rules of a version that the project has not taken are not held against it.
    edit(&folder, "openapi.yaml", "      summary: All pets.\n", "");
    edit(&folder, "oarlock.yaml", "memory: 384Mi", "memory: 1Gi");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    same("stacks/another-version.txt", &told);
    assert_eq!(oarlock(&folder, &["generate"]), (1, told));
}

#[test]
fn a_stack_that_changes_under_its_version_is_told() {
    let folder = shop("changed");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert!(
        text(&folder, "oarlock.lock").contains("stack:\n  name: shop\n  version: 3\n  digest: ")
    );
    edit(&folder, "stack.yaml", "memory: 512Mi", "memory: 768Mi");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    same("stacks/changed.txt", &told);
    assert_eq!(oarlock(&folder, &["generate"]), (1, told));
    // Restored, it is as before.
    edit(&folder, "stack.yaml", "memory: 768Mi", "memory: 512Mi");
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    // Under another version it may say what it likes, and another stack may have the version.
    edit(&folder, "stack.yaml", "memory: 512Mi", "memory: 768Mi");
    edit(&folder, "stack.yaml", "version: 3", "version: 4");
    edit(&folder, "oarlock.yaml", "version: 3", "version: 4");
    let (code, told) = oarlock(&folder, &["check"]);
    assert!(
        code == 1 && told.contains("from what the document asks for: run"),
        "{told}"
    );
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    edit(&folder, "stack.yaml", "stack: shop", "stack: harbour");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
}

#[test]
fn the_lock_without_a_stack_has_none() {
    let folder = shop("none");
    edit(
        &folder,
        "oarlock.yaml",
        "extends: { stack: stack.yaml, version: 3 }\n",
        "",
    );
    edit(&folder, "oarlock.yaml", "memory: 384Mi", "memory: 4Gi");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert!(!text(&folder, "oarlock.lock").contains("stack:"));
}

/// Versions side by side: the step is one edit, and so is the one back.
#[test]
fn one_step_up_is_one_edit() {
    let folder = shop("step");
    fs::create_dir_all(folder.join("stacks/shop")).expect("a folder");
    let stack = text(&folder, "stack.yaml");
    fs::remove_file(folder.join("stack.yaml")).expect("it goes");
    fs::write(folder.join("stacks/shop/v3.yaml"), &stack).expect("a stack");
    let next = stack
        .replace("version: 3", "version: 4")
        .replace("memory: 512Mi", "memory: 256Mi")
        .replace("cpu: 2\n", "cpu: 3\n");
    fs::write(folder.join("stacks/shop/v4.yaml"), next).expect("a stack");
    edit(
        &folder,
        "oarlock.yaml",
        "stack: stack.yaml",
        "stack: 'stacks/shop/v{version}.yaml'",
    );
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    edit(&folder, "oarlock.yaml", "version: 3", "version: 4");
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 1);
    assert!(
        told.contains("stacks/shop/v4.yaml:") && told.contains("memory: 256Mi"),
        "{told}"
    );
    assert_eq!(
        told.matches("error[").count(),
        1,
        "what is new is told: {told}"
    );
    edit(&folder, "oarlock.yaml", "version: 4", "version: 3");
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    // A version that nobody has written.
    edit(&folder, "oarlock.yaml", "version: 3", "version: 5");
    let (code, told) = oarlock(&folder, &["check"]);
    assert!(code == 2 && told.contains("stacks/shop/v5.yaml"), "{told}");
}
