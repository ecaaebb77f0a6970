// Shows every <time datetime> that has a zone in the browser's zone, unless it says how long ago (data-ago). The title
// keeps what the server wrote, in UTC.

const format = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "short" });

export default function localTimes(root) {
  for (const time of root.querySelectorAll("time[datetime$='Z']:not([data-ago])")) {
    const instant = new Date(time.dateTime);
    if (Number.isNaN(instant.getTime())) continue;
    time.title = `${time.dateTime.replace("T", " ").replace("Z", "")} UTC`;
    time.textContent = format.format(instant);
  }
}
