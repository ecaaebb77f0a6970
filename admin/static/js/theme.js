// The button that goes through the three themes: the system's, light, dark. The server reads the cookie, so the next
// page is painted right from the start.

const THEMES = ["auto", "light", "dark"];
const YEAR = 365 * 24 * 3600;

export default function theme(button) {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    root.dataset.theme = next;
    button.title = `Theme: ${next}`;
    document.cookie = `larder_theme=${next}; path=/; max-age=${YEAR}; samesite=lax`;
  });
}
