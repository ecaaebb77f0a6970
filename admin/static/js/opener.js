// A button that leads to a page shows what it has to say right here, from a script that is loaded when it is wanted.
// Where that does not work it leads to the page.

const openers = {
  "palette": () => import("./palette.js"),
  "shortcuts": () => import("./shortcuts.js"),
};

export default function opener(button) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await (await openers[button.dataset.opens]()).open();
    } catch {
      location.assign(button.formAction);
    }
  });
}
