"use strict";
(() => {
  const page = document.getElementById("page");
  // Where the page stands on the admin port, requests to the API pass through it; the header tells that they come from
  // the page, since no other site can send it along.
  const passing = (address) => address.origin === location.origin && address.pathname.includes("/docs/try/");
  const prepare = (request) => {
    const address = new URL(request.url, location.href);
    if (address.origin !== location.origin) throw new Error(`this page asks no other host: ${address.host}`);
    if (!request.loadSpec && passing(address)) {
      request.headers["oarlock-docs"] = "try-it";
      // Browsers let no script set this one.
      if (request.headers.Cookie) {
        request.headers["oarlock-docs-cookie"] = request.headers.Cookie;
        delete request.headers.Cookie;
      }
    }
    return request;
  };
  const ui = SwaggerUIBundle({
    url: "openapi.json",
    domNode: page,
    deepLinking: true,
    docExpansion: page.dataset.fold,
    displayRequestDuration: true,
    queryConfigEnabled: false,
    validatorUrl: null,
    requestInterceptor: prepare,
    onComplete: () => {
      const title = ui.specSelectors.info().get("title");
      if (title) document.title = String(title);
    },
  });
})();
