import type { STSClientConfig } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from 'taskbound-time/clock';

type SignerConstructor = NonNullable<STSClientConfig['signerConstructor']>;
type Init = ConstructorParameters<SignerConstructor>[0];
type Signer = InstanceType<SignerConstructor>;

/**
 * For an SDK client's `signerConstructor`: signs with the embedded clock's time, where the SDK would use real
 * time.
 */
export function clockSigner(clock: Clock): SignerConstructor {
  return class implements Signer {
    readonly #signer: SignatureV4;

    constructor(init: Init) {
      this.#signer = new SignatureV4(init);
    }

    sign(
      request: Parameters<Signer['sign']>[0],
      options?: Parameters<Signer['sign']>[1],
    ): ReturnType<Signer['sign']> {
      return this.#signer.sign(request, { ...options, signingDate: new Date(clock.nowMs()) });
    }
  };
}
