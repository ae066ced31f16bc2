// Signs facilitators in with a passkey, and adds one, by the browser's own JSON helpers (WebAuthn level 3).

/** Shows what the browser can do and makes it work. */
export async function offerPasskeys(): Promise<void> {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  follow("[data-passkey-sign-in]", async () => {
    const asked = await post("/passkeys/sign-in/options");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
    const credential = await navigator.credentials.get({ publicKey });
    await post("/passkeys/sign-in", credential);
    location.assign("/desk");
  });
  follow("[data-passkey-register]", async () => {
    const asked = await post("/passkeys/register/options");
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked);
    const credential = await navigator.credentials.create({ publicKey });
    await post("/passkeys/register", credential);
    location.reload();
  });
}

function follow(place: string, act: () => Promise<void>): void {
  const region = document.querySelector<HTMLElement>(place);
  const refused = region?.querySelector<HTMLElement>("[role=status]");
  if (!region || !refused) return;
  region.hidden = false;
  region.querySelector("button")?.addEventListener("click", async () => {
    refused.hidden = true;
    try {
      await act();
    } catch {
      refused.hidden = false;
    }
  });
}

async function post(url: string, credential?: Credential | null) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(credential instanceof PublicKeyCredential ? credential.toJSON() : {}),
  });
  if (!answer.ok) throw new Error(`passkey: ${answer.status}`);
  return answer.json();
}
