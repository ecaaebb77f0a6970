// A file input that takes files dropped on its frame, and says what was chosen.

export default function dropzone(zone) {
  const input = zone.querySelector("input[type=file]");
  const chosen = zone.querySelector("[data-chosen]");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragenter" || name === "dragover");
    });
  }
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    chosen.textContent = Array.from(input.files, (file) => `${file.name}, ${size(file.size)}`).join(" · ");
  });
}

function size(bytes) {
  const unit = bytes < 1024 ** 2 ? ["kilobyte", 1024] : ["megabyte", 1024 ** 2];
  const number = new Intl.NumberFormat("en", { style: "unit", unit: unit[0], maximumFractionDigits: 1 });
  return number.format(bytes / unit[1]);
}
