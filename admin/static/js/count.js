// “Count exactly” without leaving the page: asks for the number and puts it where the estimate stood.

export default function count(form) {
  const button = form.querySelector("button");
  const shown = form.parentElement.querySelector("[data-count]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    Object.assign(button, { disabled: true, textContent: "Counting…" });
    const said = await ask(form.dataset.url);
    if (said.error) {
      Object.assign(button, { disabled: false, textContent: "Count exactly" });
      shown.title = said.error;
      shown.textContent = `${shown.textContent.split(" (")[0]} (${said.error})`;
      return;
    }
    Object.assign(shown.dataset, { count: said.kind, value: said.value });
    shown.textContent = said.sentence;
    const all = document.querySelector("[data-all-amount]");
    if (all) all.textContent = said.amount;
    form.remove();
  });
}

async function ask(url) {
  try {
    const response = await fetch(url, { headers: { accept: "application/json" } });
    const body = await response.json();
    return response.ok ? body : { error: body.error.message };
  } catch {
    return { error: "The console did not answer." };
  }
}
