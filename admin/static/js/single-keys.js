// The switch of single letters and signs: holds here at once, and is kept for the person on the server.

export default function singleKeys(form) {
  const box = form.querySelector("input");
  const failure = form.querySelector("[role=alert]");
  const tell = () => (document.body.dataset.singleKeys = box.checked ? "on" : "off");

  box.addEventListener("change", async () => {
    tell();
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    }).catch(() => null);
    failure.hidden = Boolean(answer?.ok);
    if (failure.hidden) return;
    box.checked = !box.checked;
    tell();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
