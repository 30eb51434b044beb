# Bases of an image for another architecture, of Debian's packages: for machines on which rustup has nothing to fetch.
FROM --platform=$BUILDPLATFORM rust:1.95-slim-bookworm AS debian
ARG OTHER
# The Rust that Debian keeps up to date is among its security updates, which an official image has already.
RUN if [ -f /etc/apt/sources.list ]; then \
        sed -En 's,^deb (\S+)/debian/? bookworm main.*,deb \1/debian-security bookworm-security main,p' /etc/apt/sources.list \
            > /etc/apt/sources.list.d/security.list; \
    fi \
    && dpkg --add-architecture "${OTHER}" \
    && apt-get update

FROM debian AS packages
WORKDIR /packages
RUN apt-get download "libstd-rust-web-dev:${OTHER}" && dpkg -x libstd-rust-web-dev*.deb /std
RUN mkdir run && cd run \
    && apt-get download "base-files:${OTHER}" "libc6:${OTHER}" "libgcc-s1:${OTHER}" ca-certificates tzdata netbase \
    && for package in *.deb; do dpkg -x "${package}" /root-of-other; done \
    && echo 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' > /root-of-other/etc/passwd

FROM debian AS build
RUN apt-get install --yes --no-install-recommends rustc-web
COPY --from=packages /std /
# Its rustc goes before that of the image, its cargo is the image's.
ENV PATH=/usr/local/cargo/bin:/usr/bin:/bin:/usr/local/rust/bin:/usr/sbin:/sbin

FROM scratch AS run
COPY --from=packages /root-of-other /
USER 65532
