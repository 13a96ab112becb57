CREATE TABLE "blob_check" (
	"sha3_384" text PRIMARY KEY NOT NULL,
	"crc32" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "artifact" DROP CONSTRAINT "artifact_kind";--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_kind" CHECK ("artifact"."kind" in ('image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'manifest', 'log', 'model'));