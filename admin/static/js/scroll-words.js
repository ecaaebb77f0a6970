// What stands at the end of a list that scrolls: “Load more”, what failed with Retry, and what a screen reader is told.

export class Words {
  constructor(end) {
    this.more = end.querySelector("[data-more]");
    this.failure = end.querySelector("[data-failed]");
    this.said = end.querySelector("[data-said]");
  }

  onMore(action) {
    this.more.addEventListener("click", action);
  }

  onRetry(action) {
    this.failure.querySelector("button").addEventListener("click", action);
  }

  offerMore(offered) {
    this.more.hidden = !offered;
  }

  failed(failed) {
    this.failure.hidden = !failed;
    if (failed) this.said.textContent = "These rows could not be loaded.";
  }

  announce(added, shown) {
    const number = (n) => n.toLocaleString("en");
    this.said.textContent = `${number(added)} more rows, ${number(shown)} shown`;
  }
}
