// The filter form offers only what fits the chosen column: its conditions, and its own input for the value.

import { attach } from "./index.js";

export default function filter(form) {
  const { "filter-column": column, "filter-condition": condition } = form.elements;
  const all = [...condition.options];
  const place = form.querySelector("[data-value]");
  let shown = "text";

  const showInput = () => {
    const wanted = templateFor(form, column.selectedOptions[0].dataset.input, condition.value);
    if (wanted.dataset.for === shown) return;
    shown = wanted.dataset.for;
    place.replaceChildren(wanted.content.cloneNode(true));
    attach(place);
  };
  const showConditions = () => {
    const { operators, first } = column.selectedOptions[0].dataset;
    const fitting = operators.split(" ");
    condition.replaceChildren(...all.filter((option) => fitting.includes(option.value)));
    condition.value = first;
    showInput();
  };

  column.addEventListener("change", showConditions);
  condition.addEventListener("change", showInput);
  showConditions();
}

function templateFor(form, input, condition) {
  const typed = ["in", "range", "contains", "icontains", "startswith"].includes(condition);
  const name = condition === "isnull" ? "isnull" : typed ? "text" : input;
  return form.querySelector(`template[data-for="${name}"]`);
}
