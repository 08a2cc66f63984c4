import { TaskboundError } from 'taskbound-evidence/errors';

/**
 * The source cannot be read: S3 does not distinguish a missing object from one that is not granted. Nothing
 * was copied.
 */
export class SourceUnreadable extends TaskboundError {
  override readonly name = 'SourceUnreadable';
}

/**
 * The source is no longer the object whose checksum was read, or of which earlier runs copied parts. Nothing
 * of the copy remains.
 */
export class SourceChanged extends TaskboundError {
  override readonly name = 'SourceChanged';
}

/** S3 has no checksum with which source and copy can be compared. */
export class ChecksumUnavailable extends TaskboundError {
  override readonly name = 'ChecksumUnavailable';
}

/**
 * The upload of an earlier run no longer exists, and the destination does not contain the copy. There is no
 * receipt.
 */
export class UploadGone extends TaskboundError {
  override readonly name = 'UploadGone';
}

/** Source and copy differ. There is no receipt. */
export class ChecksumMismatch extends TaskboundError {
  override readonly name = 'ChecksumMismatch';
}

/** The parameters do not fit together. Nothing was copied. */
export class TransferRefused extends TaskboundError {
  override readonly name = 'TransferRefused';
}
