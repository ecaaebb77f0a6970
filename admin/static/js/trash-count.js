// How many rows of this list lie in the trash: asked once the page is there, so that no list waits for it.

export default async function trashCount(place) {
  const response = await fetch(place.dataset.url).catch(() => null);
  if (!response?.ok) return;
  const { amount, value } = await response.json();
  if (!amount) return;
  place.textContent = amount;
  const unseen = Object.assign(document.createElement("span"), { className: "unseen" });
  unseen.textContent = value === 1 ? " row in the trash" : " rows in the trash";
  place.append(unseen);
  place.hidden = false;
}
