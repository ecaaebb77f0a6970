// Ticks the box beside a field as soon as something is entered in it.

export default function tickChanged(card) {
  for (const name of ["input", "change"]) {
    card.addEventListener(name, ({ target }) => {
      const box = target.closest(".pick")?.querySelector("[name^='set-']");
      if (box && target !== box) box.checked = true;
    });
  }
}
