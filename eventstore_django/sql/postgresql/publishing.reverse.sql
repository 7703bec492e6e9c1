DROP FUNCTION eventstore_publish_v1(uuid, double precision, boolean);
DROP FUNCTION eventstore_watermark_v1();
