"""The Dockerfiles before graders, and in the hands of both builders."""
import os, uuid

from commands import FILES, LINKS, OUT, WORK, binary, build, inspect, run, tag

def grade():
    for file in FILES.values():
        run("hadolint", "--failure-threshold", "style", file)
        run("checkov", "--quiet", "--compact", "--skip-download", "--framework", "dockerfile", "--file", file)
        text = (OUT / file).read_text()
        assert "hadolint ignore" not in text and "checkov:skip" not in text
    print("hadolint (style) and checkov have nothing to say of either Dockerfile, and nothing was skipped")
    if run("docker", "build", "--help", check=False).stdout.count("--check"):
        for file in FILES.values():
            run("docker", "build", "--check", "--file", file, ".")
        print("docker build --check has nothing to say")
    else:
        print("docker build --check: this engine has none")

def builds():
    for link, most in LINKS.items():
        digests = {}
        for builder in FILES:
            seconds, crates, _ = build(builder, link)
            size = inspect(tag(builder, link))["Size"]
            digests[builder], bytes_ = binary(tag(builder, link))
            print(f"{link}, {builder}: {seconds:.0f} s, {len(crates)} crates compiled; image {size / 1e6:.1f} MB "
                  f"(at most {most / 1e6:.0f}), binary {bytes_ / 1e6:.1f} MB")
            assert size <= most, f"the image has {size} bytes"
        assert len(set(digests.values())) == 1, f"two builds of one commit differ: {digests}"
        print(f"{link}: both builders give the same binary, {digests['classic'][:16]}…")
    labels = inspect(tag("buildkit", "dynamic"))["Config"]["Labels"]
    for name, value in {"title": "Petstore", "version": "1.0.0", "revision": "abc"}.items():
        assert labels[f"org.opencontainers.image.{name}"] == value, labels

def without_lock():
    """Without a lock a build ends, and says how to make one."""
    lock = OUT / "Cargo.lock"
    lock.rename(WORK / "kept.lock")
    done = run("docker", "build", "--file", FILES["classic"], ".", check=False, env=dict(os.environ, DOCKER_BUILDKIT="0"))
    (WORK / "kept.lock").rename(lock)
    assert done.returncode != 0 and "run 'cargo generate-lockfile' and commit it" in done.stdout + done.stderr, done.stdout
    print("without Cargo.lock the build ends and says how to make it")

def change():
    """One handler is changed: its service is compiled, and nothing else.

    The change is one that this engine has not built before, since it would have kept what came of it.
    """
    handler = OUT / "services/petstore/src/pets.rs"
    own = handler.read_text()
    for builder in FILES:
        handler.write_text(own)
        build(builder, "dynamic")
        warm, crates, _ = build(builder, "dynamic")
        assert not crates, f"nothing was changed, but compiled: {crates}"
        handler.write_text(own + f"\n// Changed for {builder}: {uuid.uuid4()}.\n")
        seconds, crates, _ = build(builder, "dynamic", name="oarlock-images-petstore:changed")
        assert crates == {"petstore"}, crates
        print(f"{builder}: nothing changed {warm:.1f} s; a handler changed {seconds:.1f} s, in which petstore alone was compiled")
