import { createPublicKey, type KeyObject } from 'node:crypto';
import { GetPublicKeyCommand, SignCommand, type KMSClient } from '@aws-sdk/client-kms';
import { keyIdOf, preAuthDigest, verifyEnvelope, type DsseEnvelope } from 'taskbound-evidence/signature/dsse';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { ChainBroken, NotSigned } from '../../core/shared/errors.ts';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import { chainFault, type ChainedEvent, type SignedHead } from 'taskbound-evidence/chain/evidence';
import { lowS } from 'taskbound-evidence/signature/low-s';
import {
  STATEMENT_PAYLOAD_TYPE,
  statementOf,
  statementPayload,
} from 'taskbound-evidence/signature/statement';
import { verifyBundle } from 'taskbound-evidence/signature/verify';

/** Signs the heads of closed chains with one KMS key. */
export class EvidenceSigner {
  readonly #kms: KMSClient;
  readonly #keyArn: string;
  #key: KeyObject | undefined;

  constructor(kms: KMSClient, keyArn: string) {
    this.#kms = kms;
    this.#keyArn = keyArn;
  }

  /**
   * The signed statement about a whole chain. Throws `ChainBroken` for a chain whose hashes do not match: a
   * signature would hide that.
   */
  async sign(boundaryId: string, events: readonly ChainedEvent[]): Promise<SignedHead> {
    const fault = chainFault(boundaryId, events);
    if (fault !== undefined) {
      throw new ChainBroken(
        `The evidence of ${boundaryId} is not what the control functions wrote: ${fault}. It is not signed; find out who wrote to the table.`,
      );
    }
    const payload = statementPayload(statementOf(boundaryId, events));
    const key = (this.#key ??= await this.#publicKey());
    const envelope: DsseEnvelope = {
      payloadType: STATEMENT_PAYLOAD_TYPE,
      payload: payload.toString('base64'),
      signatures: [{ keyid: keyIdOf(key), sig: await this.#signatureOf(payload) }],
    };
    if (verifyEnvelope(envelope, key)) return { envelope, publicKey: publicKeyPem(key) };
    throw new NotSigned(
      `The key ${this.#keyArn} gave a signature over ${boundaryId} that does not verify with its own public key. It is tried again.`,
    );
  }

  /**
   * Throws `ChainBroken` unless this key signed these events: any principal that may write could have stored
   * another head.
   */
  async assertOwn(boundaryId: string, events: readonly ChainedEvent[], signed: SignedHead): Promise<void> {
    const key = (this.#key ??= await this.#publicKey());
    const { fault } = verifyBundle(makeBundle(boundaryId, events, signed), key);
    if (fault === null) return;
    throw new ChainBroken(
      `The signature stored with the evidence of ${boundaryId} is not close-boundary's: ${fault}. The boundary is not closed; find out who wrote to the table.`,
    );
  }

  async #publicKey(): Promise<KeyObject> {
    const { PublicKey } = await this.#kms.send(new GetPublicKeyCommand({ KeyId: this.#keyArn }));
    return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  }

  /**
   * DER, base64. The digest is signed, because KMS takes messages of 4,096 bytes at most:
   * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
   */
  async #signatureOf(payload: Uint8Array): Promise<string> {
    const { Signature } = await this.#kms.send(
      new SignCommand({
        KeyId: this.#keyArn,
        Message: preAuthDigest(STATEMENT_PAYLOAD_TYPE, payload),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    return lowS(Signature ?? new Uint8Array()).toString('base64');
  }
}
