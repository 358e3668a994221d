// Signs in and out from the server-rendered home page; the agents' page will replace it.
const send = (method, path, body) =>
  fetch(`/api/session/${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : undefined,
  });

const signIn = document.querySelector("#sign-in");
const factor = document.querySelector("#factor");
let proving = "email_otp";

signIn?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await send("POST", "", Object.fromEntries(new FormData(signIn)));
  document.querySelector("#problem").hidden = answer.ok;
  if (answer.ok) await goOn((await answer.json()).needs);
});

factor?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await send("POST", `${proving}/verify`, Object.fromEntries(new FormData(factor)));
  document.querySelector("#wrong").hidden = answer.ok;
  if (answer.ok) await goOn((await answer.json()).needs);
});

document.querySelector("#sign-out")?.addEventListener("click", async () => {
  await send("DELETE", "");
  location.assign("/");
});

async function goOn(needs) {
  if (needs.length === 0) {
    location.assign("/");
    return;
  }
  proving = needs.includes("totp") ? "totp" : "email_otp";
  const how = document.querySelector("#how");
  if (proving === "totp") how.textContent = "Enter the code that your authenticator app shows.";
  else if (!(await send("POST", "email_otp")).ok) how.textContent = "No code could be sent. Try again later.";
  signIn.hidden = true;
  factor.hidden = false;
  factor.elements.code.focus();
}
