// <form data-passkey="create|get">: before it is sent, the browser makes or asks for a passkey, and the answer goes into
// its field `credential`. What to ask for is JSON in the element #{data-passkey-options}, or comes from data-passkey-url.
// A hidden form is shown when this browser can do it.

const able = window.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials;

const ASK = {
  create(options) {
    // Always one that signs in by itself: found by the browser, and unlocked by its person.
    options.authenticatorSelection = {
      ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  },
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

async function optionsOf(form) {
  const { passkeyOptions, passkeyUrl } = form.dataset;
  if (passkeyOptions) return JSON.parse(document.getElementById(passkeyOptions).textContent);
  const answer = await fetch(passkeyUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return answer.json();
}

function why(error) {
  if (error.name === "SecurityError") return "Passkeys need an https address, or http://localhost.";
  if (error.name === "InvalidStateError") return "This device has a passkey for this account already.";
  if (error.name === "NotAllowedError") return "Nothing came of it: cancelled, too late, or no passkey here fits.";
  return "This browser did not manage. Try again, or sign in another way.";
}

async function answer(form) {
  const told = form.querySelector("[role=alert]");
  told.hidden = true;
  try {
    if (!able) throw new Error("no passkeys");
    const options = await optionsOf(form);
    const { publicKey } = options.creation_options ?? options.request_options;
    const credential = await ASK[form.dataset.passkey](publicKey);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    told.textContent = why(error);
    told.hidden = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (able) form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form);
  });
}
