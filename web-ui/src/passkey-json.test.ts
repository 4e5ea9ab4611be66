import { describe, expect, it } from "vitest";

import { answerJson, bytesOf, creationOptions, requestOptions, textOf } from "./passkey-json";

describe("passkey JSON", () => {
  it("reads and writes base64url without padding", () => {
    expect([...bytesOf("-_8")]).toEqual([251, 255]);
    expect(textOf(new Uint8Array([251, 255]).buffer)).toBe("-_8");
    for (const length of [0, 1, 2, 3, 31, 32]) {
      const bytes = new Uint8Array(length).map((_, at) => (at * 37) % 256);
      expect([...bytesOf(textOf(bytes.buffer))]).toEqual([...bytes]);
    }
  });

  it("gives the browser buffers for what the server wrote as text", () => {
    const made = creationOptions({
      challenge: "AQID", rp: { id: "localhost", name: "x" }, user: { id: "BA", name: "a", displayName: "a" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }], excludeCredentials: [{ id: "BQ", type: "public-key" }],
    });
    expect([...new Uint8Array(made.challenge as ArrayBuffer)]).toEqual([1, 2, 3]);
    expect([...new Uint8Array(made.excludeCredentials?.[0]?.id as ArrayBuffer)]).toEqual([5]);
    const asked = requestOptions({ challenge: "AQID", rpId: "localhost", userVerification: "preferred" });
    expect(asked).toMatchObject({ rpId: "localhost", userVerification: "preferred", allowCredentials: [] });
  });

  it("refuses options without a user", () => {
    expect(() => creationOptions({ challenge: "AQID" })).toThrow();
  });

  it("sends an assertion under the standard's names", () => {
    const buffer = new Uint8Array([1]).buffer;
    const response = { clientDataJSON: buffer, authenticatorData: buffer, signature: buffer };
    const credential = { rawId: buffer, type: "public-key", response } as unknown as PublicKeyCredential;
    expect(answerJson(credential)).toEqual({
      id: "AQ", rawId: "AQ", type: "public-key", clientExtensionResults: {},
      response: { clientDataJSON: "AQ", authenticatorData: "AQ", signature: "AQ" },
    });
  });
});
