// Sends a form with a file while a bar says how far it is. The page that comes back is the one a plain form would get:
// the next step, or this one with the reason why not. Without a script the form is sent as it is.

export default function upload(form) {
  const bar = form.querySelector("[data-upload]");
  form.addEventListener("submit", (event) => {
    if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
    event.preventDefault();
    send(form, bar, event.submitter ?? form.querySelector("button"));
  });
}

function send(form, bar, button) {
  const request = new XMLHttpRequest();
  bar.hidden = false;
  button.disabled = true;
  request.upload.addEventListener("progress", (event) => event.lengthComputable && show(bar, event.loaded, event.total));
  request.upload.addEventListener("load", () => read(bar));
  request.addEventListener("load", () => arrive(request, form, button));
  request.addEventListener("error", () => {
    rest(bar, button);
    form.submit();
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function show(bar, done, total) {
  const share = Math.floor((100 * done) / total);
  bar.querySelector("progress").value = share;
  bar.querySelector("output").textContent = `${share} %`;
}

function read(bar) {
  bar.querySelector("label").textContent = "Reading and checking";
  bar.querySelector("progress").removeAttribute("value");
  bar.querySelector("output").textContent = "";
}

function rest(bar, button) {
  bar.hidden = true;
  button.disabled = false;
}

function arrive(request, form, button) {
  if (request.status < 400 && request.responseURL !== form.action) {
    rest(form.querySelector("[data-upload]"), button);
    location.assign(request.responseURL);
    return;
  }
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const content = document.getElementById("content");
  content.replaceChildren(...answer.getElementById("content").children);
  document.title = answer.title;
  import("./index.js").then((module) => module.attach(content));
  content.focus();
}
