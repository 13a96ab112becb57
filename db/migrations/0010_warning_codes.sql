ALTER TABLE "build" ALTER COLUMN "warnings" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "build" ALTER COLUMN "warnings" SET DATA TYPE jsonb USING to_jsonb("warnings");--> statement-breakpoint
ALTER TABLE "build" ALTER COLUMN "warnings" SET DEFAULT '[]'::jsonb;--> statement-breakpoint
UPDATE "build" SET "warnings" = (SELECT jsonb_agg(jsonb_build_object('code', 'other', 'message', message) ORDER BY place) FROM jsonb_array_elements("warnings") WITH ORDINALITY AS each(message, place)) WHERE "warnings" <> '[]'::jsonb;
