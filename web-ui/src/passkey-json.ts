/** WebAuthn's options and answers between JSON (base64url, as the server speaks) and the buffers that browsers want. */

export interface DescriptorJson { id: string; type: PublicKeyCredentialType; transports?: AuthenticatorTransport[] }
export interface OptionsJson {
  challenge: string;
  rpId?: string;
  rp?: PublicKeyCredentialRpEntity;
  user?: { id: string; name: string; displayName: string };
  pubKeyCredParams?: PublicKeyCredentialParameters[];
  allowCredentials?: DescriptorJson[];
  excludeCredentials?: DescriptorJson[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  userVerification?: UserVerificationRequirement;
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const padded = base64url.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(base64url.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const described = (known: DescriptorJson[] | undefined): PublicKeyCredentialDescriptor[] =>
  (known ?? []).map((each) => ({ ...each, id: bytesOf(each.id) }));

export function creationOptions(asked: OptionsJson): PublicKeyCredentialCreationOptions {
  if (!asked.user || !asked.rp) throw new Error("options without user");
  return {
    rp: asked.rp,
    user: { ...asked.user, id: bytesOf(asked.user.id) },
    challenge: bytesOf(asked.challenge),
    pubKeyCredParams: asked.pubKeyCredParams ?? [],
    excludeCredentials: described(asked.excludeCredentials),
    ...(asked.authenticatorSelection ? { authenticatorSelection: asked.authenticatorSelection } : {}),
  };
}

export function requestOptions(asked: OptionsJson): PublicKeyCredentialRequestOptions {
  return {
    challenge: bytesOf(asked.challenge),
    allowCredentials: described(asked.allowCredentials),
    ...(asked.rpId ? { rpId: asked.rpId } : {}),
    ...(asked.userVerification ? { userVerification: asked.userVerification } : {}),
  };
}

/** Names and letters as in `PublicKeyCredential.toJSON`, which not every browser has yet. */
export function answerJson(credential: PublicKeyCredential): Record<string, unknown> {
  const response = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const common = { clientDataJSON: textOf(response.clientDataJSON) };
  const own = response.attestationObject
    ? { attestationObject: textOf(response.attestationObject) }
    : { authenticatorData: textOf(response.authenticatorData), signature: textOf(response.signature) };
  const id = textOf(credential.rawId);
  return { id, rawId: id, type: credential.type, clientExtensionResults: {}, response: { ...common, ...own } };
}
