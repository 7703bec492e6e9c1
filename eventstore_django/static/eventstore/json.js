"use strict";
/* Beside each JSON tree: unfold and fold everything, and copy its text. The page works without. */
{
    const fold = (button) => {
        const isOpen = button.dataset.esFold === "open";
        for (const details of button.closest("[data-es-json]").querySelectorAll(".es-json details")) {
            details.open = isOpen;
        }
    };

    const select = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
    };

    const copy = async (button) => {
        const source = document.getElementById(button.dataset.esCopy);
        const label = button.textContent;
        try {
            await navigator.clipboard.writeText(source.textContent);
            button.textContent = "Copied";
        } catch {
            // Without HTTPS there is no clipboard: what is selected can be copied by the user.
            source.closest("details").open = true;
            select(source);
            button.textContent = "Selected: press Ctrl+C";
        }
        window.setTimeout(() => { button.textContent = label; }, 2000);
    };

    document.addEventListener("click", (event) => {
        const button = event.target.closest("[data-es-fold], [data-es-copy]");
        if (button) {
            "esFold" in button.dataset ? fold(button) : copy(button);
        }
    });

    document.addEventListener("DOMContentLoaded", () => {
        for (const tools of document.querySelectorAll("[data-es-json] .es-tools")) {
            tools.hidden = false;
            if (!tools.closest("[data-es-json]").querySelector(".es-json details")) {
                tools.querySelectorAll("[data-es-fold]").forEach((button) => button.remove());
            }
        }
    });
}
