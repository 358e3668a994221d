// Signs in and out from the server-rendered home page; the agents' page will replace it.
const form = document.querySelector("#sign-in");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await fetch("/api/session/", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  if (answer.ok) location.assign("/");
  else document.querySelector("#problem").hidden = false;
});
document.querySelector("#sign-out")?.addEventListener("click", async () => {
  await fetch("/api/session/", { method: "DELETE" });
  location.assign("/");
});
