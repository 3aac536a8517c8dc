// Every request that htmx makes carries the CSRF token of the page (body[data-csrf]).

export const csrfHeaders = () => ({ "X-CSRFToken": document.body.dataset.csrf });

document.addEventListener("htmx:config:request", (event) => {
  Object.assign(event.detail.ctx.request.headers, csrfHeaders());
});
