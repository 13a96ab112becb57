ALTER TABLE "image_plan" ADD COLUMN "volume" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "image_plan" DROP CONSTRAINT "image_plan_pkey";--> statement-breakpoint
ALTER TABLE "image_plan" ADD CONSTRAINT "image_plan_build_id_volume_pk" PRIMARY KEY("build_id","volume");--> statement-breakpoint
ALTER TABLE "artifact" ADD COLUMN "volume" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "build" ADD COLUMN "volumes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_volume" CHECK ("artifact"."volume" = '' or "artifact"."kind" in ('image-zst', 'image-raw', 'image-xz', 'image-gz', 'image-qcow2', 'bmap'));
