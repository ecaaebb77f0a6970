// A row without content that is exactly as high as the rows it stands in for.

export function spacer(columns) {
  const row = Object.assign(document.createElement("tr"), { className: "spacer", ariaHidden: "true", hidden: true });
  row.insertCell().colSpan = columns;
  return row;
}

export function stretch(row, chunks) {
  const height = chunks.reduce((sum, chunk) => sum + chunk.height, 0);
  row.hidden = height === 0;
  row.cells[0].style.height = `${height}px`;
}
