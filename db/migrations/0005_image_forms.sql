CREATE TABLE "blob_check" (
	"sha3_384" text PRIMARY KEY NOT NULL,
	"crc32" bigint NOT NULL,
	"sha256_padded" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "artifact" DROP CONSTRAINT "artifact_kind";--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_kind" CHECK ("artifact"."kind" in ('image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'bmap', 'manifest', 'log', 'model'));