"""`oarlock build` with the engine at hand."""
import json, re, subprocess, sys

from commands import OUT, ROOT, WORK, inspect, run, yaml_of

def valid(bill):
    """Holds a bill of materials against CycloneDX's own schema."""
    program = "import sys; from cyclonedx.schema import SchemaVersion as V; from cyclonedx.validation.json import JsonStrictValidator as J; " \
              "sys.exit(J(V.V1_6).validate_str(open(sys.argv[1]).read()) and 1)"
    python = WORK / "cyclonedx/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", WORK / "cyclonedx"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "cyclonedx-python-lib[json-validation]==11.12.0"], check=True)
    return run(python, "-c", program, bill, check=False).returncode == 0

def command():
    """`oarlock build` with the engine at hand: all, then nothing, then a handler that changed."""
    git = ["git", "-c", "user.name=images", "-c", "user.email=images@example.com"]
    oarlock = ["cargo", "run", "--quiet", "--locked", "--manifest-path", ROOT / "Cargo.toml", "--", "build"]
    for words in [["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "The petstore"]]:
        run(*git, *words)
    head = run("git", "rev-parse", "HEAD").stdout.strip()
    kept = OUT / "target/oarlock/images"
    reference = run(*oarlock, "--engine", "docker").stdout.strip()
    assert reference == f"petstore:1.0.0-{head[:12]}", reference
    image, written = inspect(reference), json.loads((kept / "images.json").read_text())["images"]
    assert [one["id"] for one in written] == [image["Id"]] == [inspect("petstore:1.0.0")["Id"]], written
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.revision"] == head, labels
    assert yaml_of(kept / "digests.yaml") == {"petstore": {"image": {"tag": reference.split(":")[1], "digest": ""}}}
    bill = json.loads((kept / "petstore.cdx.json").read_text())
    listed = {(one["name"], one.get("version")) for one in bill["components"]}
    locked = set(re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"', (OUT / "Cargo.lock").read_text()))
    for name in ["hyper", "oarlock-runtime", "petstore", "petstore-api"]:
        assert any(one[0] == name and one in locked for one in listed), (name, sorted(listed))
    assert {one for one in listed if one[0] != "gcr.io/distroless/cc-debian12"} <= locked, sorted(listed - locked)
    assert bill["metadata"]["timestamp"] == labels["org.opencontainers.image.created"], labels
    assert valid(kept / "petstore.cdx.json"), "the bill is not one that CycloneDX's schema takes"
    done = run(*oarlock, "--since", "HEAD")
    assert done.stdout == "" and "docker build" not in done.stderr, done
    assert json.loads((kept / "images.json").read_text())["images"] == written
    handler = OUT / "services/petstore/src/pets.rs"
    own = handler.read_text()
    handler.write_text(own + "\n// Changed.\n")
    done = run(*oarlock, "--since", "HEAD", "--engine", "docker")
    handler.write_text(own)
    assert re.fullmatch(re.escape(reference) + "-dirty-[0-9a-f]{8}", done.stdout.strip()), done
    assert "since services/petstore/src/pets.rs differs from HEAD" in done.stderr, done.stderr
    print(f"oarlock build: {reference}, {len(bill['components'])} components in a valid bill, all of them in Cargo.lock; "
          "nothing built where nothing changed; a changed handler's image is dirty")
