"use strict";
/* The slider of a stream's page: fetches the state at a version. Without it the form does the same. */
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-es-scrub]");
    if (!form) {
        return;
    }
    const slider = form.elements.version;
    const since = form.elements.since;
    const shown = form.querySelector("output");
    const place = document.querySelector("[data-es-step]");
    let asked = 0;
    let timer = null;

    const query = () => {
        const values = new URLSearchParams(window.location.search);
        values.set("version", slider.value);
        since.value === "" ? values.delete("since") : values.set("since", since.value);
        return values;
    };

    const mark = () => {
        for (const item of document.querySelectorAll("[data-es-version]")) {
            item.classList.toggle("es-current", item.dataset.esVersion === slider.value);
        }
    };

    const load = async () => {
        asked += 1;
        const mine = asked;
        const values = query();
        place.setAttribute("aria-busy", "true");
        try {
            const answer = await fetch(`${form.dataset.esScrub}?${values}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
            const text = answer.ok && !answer.redirected ? await answer.text() : null;
            // A slower answer to an earlier question must not take the place of this one.
            if (mine === asked) {
                if (text === null) {
                    window.location.search = values;
                    return;
                }
                // The server has escaped it, as it does for the page itself.
                place.innerHTML = text;
                window.history.replaceState(null, "", `?${values}`);
                mark();
            }
        } finally {
            if (mine === asked) {
                place.removeAttribute("aria-busy");
            }
        }
    };

    const soon = () => {
        shown.textContent = slider.value;
        window.clearTimeout(timer);
        timer = window.setTimeout(load, 120);
    };

    slider.addEventListener("input", soon);
    since.addEventListener("input", soon);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        soon();
    });
    document.addEventListener("click", (event) => {
        const link = event.target.closest("[data-es-goto]");
        if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            slider.value = link.dataset.esGoto;
            soon();
        }
    });
});
