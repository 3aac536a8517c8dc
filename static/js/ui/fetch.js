// [data-fetch="/address"] is filled with what the address answers, once it is seen; what it holds stays when that is 204 or fails.
// For parts of a page that belong to another room and that the page does without.

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.dataset.fetched = "";
    fill(target);
  }
});

async function fill(place) {
  try {
    const answer = await fetch(place.dataset.fetch);
    if (answer.status === 200 && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // The page does without it.
  }
}

function watch() {
  for (const place of document.querySelectorAll("[data-fetch]:not([data-fetched])")) seen.observe(place);
}

watch();
document.addEventListener("htmx:after:swap", watch);
