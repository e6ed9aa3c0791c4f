"""first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import wms_desktop.db.types
from wms_desktop.db import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the change."""
    op.create_table('carrier_service',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sort_code', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carrier_service')),
    sa.UniqueConstraint('code', name=op.f('uq_carrier_service_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('counter',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('value >= 0', name=op.f('ck_counter_value')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter')),
    sqlite_strict=True
    )
    op.create_table('customer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('priority_class', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('backorders', sa.Text(), nullable=False),
    sa.Column('backorder_limit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ship_rule', sa.Text(), nullable=False),
    sa.CheckConstraint("backorders IN ('allow', 'deny', 'units', 'days')", name=op.f('ck_customer_backorders')),
    sa.CheckConstraint("ship_rule IN ('available', 'complete', 'ask')", name=op.f('ck_customer_ship_rule')),
    sa.CheckConstraint('backorder_limit >= 0', name=op.f('ck_customer_limits')),
    sa.CheckConstraint('priority_class BETWEEN 1 AND 9', name=op.f('ck_customer_priority_class')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
    sa.UniqueConstraint('code', name=op.f('uq_customer_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('import_mapping',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mapping', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_mapping')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_import_mapping_kind_name')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('operator',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('badge', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('pin_hash', sa.Text(), nullable=False),
    sa.Column('failed_pins', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('is_active', wms_desktop.db.types.Flag(), nullable=False),
    sa.CheckConstraint("role IN ('picker', 'packer', 'receiver', 'supervisor', 'buyer', 'admin')", name=op.f('ck_operator_role')),
    sa.CheckConstraint('is_active IN (0, 1) AND failed_pins >= 0', name=op.f('ck_operator_is_active')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator')),
    sa.UniqueConstraint('badge', name=op.f('uq_operator_badge')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('plate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.CheckConstraint("(id = 0) = (kind = 'none')", name=op.f('ck_plate_sentinel')),
    sa.CheckConstraint("kind IN ('none', 'tote', 'pallet', 'carton')", name=op.f('ck_plate_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plate')),
    sa.UniqueConstraint('code', name=op.f('uq_plate_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('setting',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_setting')),
    sqlite_strict=True
    )
    op.create_table('supplier',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_inspected', wms_desktop.db.types.Flag(), nullable=False),
    sa.CheckConstraint('is_inspected IN (0, 1)', name=op.f('ck_supplier_is_inspected')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplier')),
    sa.UniqueConstraint('code', name=op.f('uq_supplier_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('warehouse',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('timezone', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warehouse')),
    sa.UniqueConstraint('code', name=op.f('uq_warehouse_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('import_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('file_hash', sa.Text(), nullable=False),
    sa.Column('reading', sa.Text(), nullable=False),
    sa.Column('totals', sa.Text(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('published_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("kind IN ('orders', 'products', 'stock', 'purchases', 'notices')", name=op.f('ck_import_run_kind')),
    sa.CheckConstraint("state IN ('staged', 'published', 'dropped')", name=op.f('ck_import_run_state')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_import_run_operator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('uq_import_run_published', 'import_run', ['kind', 'file_hash'], unique=True, sqlite_where=sa.text("state = 'published'"), postgresql_where=sa.text("state = 'published'"))
    op.create_table('location',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('warehouse_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('is_virtual', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('aisle', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('level', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('x_mm', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('y_mm', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('walk_seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('capacity_mm3', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('max_weight_g', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('capacity_orders', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('wall', sa.Text(), nullable=False),
    sa.Column('mixing', sa.Text(), nullable=False),
    sa.Column('is_blocked', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('blocked_why', sa.Text(), nullable=False),
    sa.CheckConstraint("(is_virtual = 1) = (kind IN ('supplier', 'customer', 'scrap', 'adjustment'))", name=op.f('ck_location_virtual')),
    sa.CheckConstraint("kind IN ('supplier', 'customer', 'scrap', 'adjustment', 'dock', 'hold', 'bin', 'lane', 'cart', 'bench', 'truck')", name=op.f('ck_location_kind')),
    sa.CheckConstraint("mixing IN ('any', 'one_product', 'one_lot')", name=op.f('ck_location_mixing')),
    sa.CheckConstraint('is_blocked IN (0, 1)', name=op.f('ck_location_is_blocked')),
    sa.ForeignKeyConstraint(['service_id'], ['carrier_service.id'], name=op.f('fk_location_service_id')),
    sa.ForeignKeyConstraint(['warehouse_id'], ['warehouse.id'], name=op.f('fk_location_warehouse_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_location')),
    sa.UniqueConstraint('code', name=op.f('uq_location_code')),
    sa.UniqueConstraint('id', 'is_virtual', name=op.f('uq_location_id_is_virtual')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_location_floor', 'location', ['kind', 'aisle', 'x_mm', 'y_mm'], unique=False)
    op.create_index('ix_location_kind_walk_seq', 'location', ['kind', 'walk_seq'], unique=False)
    op.create_index('ix_location_zone', 'location', ['kind', 'zone', 'walk_seq'], unique=False)
    op.create_table('purchase_order',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('supplier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due', wms_desktop.db.types.Day(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('placed_on', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('first_due', wms_desktop.db.types.Day(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'closed', 'cancelled')", name=op.f('ck_purchase_order_state')),
    sa.ForeignKeyConstraint(['supplier_id'], ['supplier.id'], name=op.f('fk_purchase_order_supplier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purchase_order')),
    sa.UniqueConstraint('number', name=op.f('uq_purchase_order_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_purchase_order_supplier_id', 'purchase_order', ['supplier_id', 'due'], unique=False)
    op.create_table('sales_order',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('customer_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('service_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('placed_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('leave_by', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('promise', wms_desktop.db.types.Day(), nullable=False),
    sa.Column('priority_class', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ship_complete', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('must_ask', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('is_paid', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('is_pinned', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('is_held', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('hold_reason', sa.Text(), nullable=False),
    sa.Column('release_on', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('passed_over', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('ship_name', sa.Text(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.CheckConstraint('must_ask <= ship_complete', name=op.f('ck_sales_order_asks_before_a_part')),
    sa.CheckConstraint('priority_class BETWEEN 1 AND 9 AND passed_over >= 0', name=op.f('ck_sales_order_priority_class')),
    sa.CheckConstraint('ship_complete IN (0, 1) AND must_ask IN (0, 1) AND is_paid IN (0, 1) AND is_pinned IN (0, 1) AND is_held IN (0, 1)', name=op.f('ck_sales_order_flags')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_sales_order_customer_id')),
    sa.ForeignKeyConstraint(['service_id'], ['carrier_service.id'], name=op.f('fk_sales_order_service_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_order')),
    sa.UniqueConstraint('number', name=op.f('uq_sales_order_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_sales_order_customer_id', 'sales_order', ['customer_id'], unique=False)
    op.create_index('ix_sales_order_placed_at', 'sales_order', ['placed_at'], unique=False)
    op.create_table('batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('mode', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cart_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('dropped_at_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('epoch', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('metres', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tour', sa.Text(), nullable=False),
    sa.Column('leave_by', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('created_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('started_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('finished_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("mode IN ('cluster', 'paper')", name=op.f('ck_batch_mode')),
    sa.CheckConstraint("state IN ('released', 'running', 'picked', 'done', 'cancelled')", name=op.f('ck_batch_state')),
    sa.CheckConstraint('epoch > 0 AND metres >= 0', name=op.f('ck_batch_epoch')),
    sa.ForeignKeyConstraint(['cart_id'], ['location.id'], name=op.f('fk_batch_cart_id')),
    sa.ForeignKeyConstraint(['dropped_at_id'], ['location.id'], name=op.f('fk_batch_dropped_at_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_batch_operator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('number', name=op.f('uq_batch_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_batch_state_leave_by', 'batch', ['state', 'leave_by'], unique=False)
    op.create_index('uq_batch_cart_running', 'batch', ['cart_id'], unique=True, sqlite_where=sa.text("state IN ('running', 'picked')"), postgresql_where=sa.text("state IN ('running', 'picked')"))
    op.create_index('uq_batch_operator_running', 'batch', ['operator_id'], unique=True, sqlite_where=sa.text("state IN ('running', 'picked') AND mode = 'cluster'"), postgresql_where=sa.text("state IN ('running', 'picked') AND mode = 'cluster'"))
    op.create_table('delivery',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('dock_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('opens_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('closes_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('checked_in_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('done_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('completes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bound', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('shared_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("method IN ('', 'stated', 'search', 'solver')", name=op.f('ck_delivery_method')),
    sa.CheckConstraint("state IN ('expected', 'here', 'done', 'missed', 'cancelled')", name=op.f('ck_delivery_state')),
    sa.CheckConstraint('(opens_at IS NULL) = (closes_at IS NULL) AND (opens_at IS NULL OR opens_at < closes_at)', name=op.f('ck_delivery_window')),
    sa.CheckConstraint('completes >= 0 AND bound >= completes', name=op.f('ck_delivery_bound')),
    sa.ForeignKeyConstraint(['dock_id'], ['location.id'], name=op.f('fk_delivery_dock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery')),
    sa.UniqueConstraint('number', name=op.f('uq_delivery_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_delivery_closes_at', 'delivery', ['closes_at'], unique=False)
    op.create_index('ix_delivery_dock_id', 'delivery', ['dock_id', 'opens_at'], unique=False)
    op.create_index('ix_delivery_open', 'delivery', ['state'], unique=False, sqlite_where=sa.text("state IN ('expected', 'here')"), postgresql_where=sa.text("state IN ('expected', 'here')"))
    op.create_table('import_row',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.CheckConstraint("state IN ('good', 'bad', 'waits', 'published', 'dropped')", name=op.f('ck_import_row_state')),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_row_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_row')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_import_row_bad', 'import_row', ['run_id', 'line'], unique=False, sqlite_where=sa.text("state = 'bad'"), postgresql_where=sa.text("state = 'bad'"))
    op.create_index('ix_import_row_run_id_key', 'import_row', ['run_id', 'key'], unique=False)
    op.create_table('manifest',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.Column('truck_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('opened_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('closed_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'closed')", name=op.f('ck_manifest_state')),
    sa.ForeignKeyConstraint(['truck_id'], ['location.id'], name=op.f('fk_manifest_truck_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_manifest')),
    sa.UniqueConstraint('number', name=op.f('uq_manifest_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('uq_manifest_open', 'manifest', ['truck_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('supplier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purchase_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due', wms_desktop.db.types.Day(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('shipped_on', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('carrier', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('announced', 'here', 'closed', 'cancelled')", name=op.f('ck_notice_state')),
    sa.ForeignKeyConstraint(['purchase_order_id'], ['purchase_order.id'], name=op.f('fk_notice_purchase_order_id')),
    sa.ForeignKeyConstraint(['supplier_id'], ['supplier.id'], name=op.f('fk_notice_supplier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('supplier_id', 'number', 'purchase_order_id', name=op.f('uq_notice_supplier_id_number_purchase_order_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_notice_number', 'notice', ['number'], unique=False)
    op.create_index('ix_notice_purchase_order_id', 'notice', ['purchase_order_id'], unique=False)
    op.create_table('product',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sku', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('brand', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('weight_g', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('length_mm', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('width_mm', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('height_mm', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('velocity', sa.Text(), nullable=False),
    sa.Column('lot_tracked', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('expiry_tracked', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('price', wms_desktop.db.types.Money(), nullable=False),
    sa.Column('backorders', sa.Text(), nullable=False),
    sa.Column('backorder_limit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('safety_stock', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('release_on', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('removal', sa.Text(), nullable=False),
    sa.Column('serial_tracked', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('is_inspected', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('is_relabelled', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('opens_cases', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('face_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('face_min', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('face_max', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mixing', sa.Text(), nullable=False),
    sa.CheckConstraint("backorders IN ('allow', 'deny', 'units', 'days')", name=op.f('ck_product_backorders')),
    sa.CheckConstraint("removal IN ('', 'fefo', 'fifo', 'closest', 'empty_bin')", name=op.f('ck_product_removal')),
    sa.CheckConstraint("velocity IN ('A', 'B', 'C')", name=op.f('ck_product_velocity')),
    sa.CheckConstraint('backorder_limit >= 0 AND safety_stock >= 0', name=op.f('ck_product_limits')),
    sa.CheckConstraint('face_min >= 0 AND face_max >= face_min', name=op.f('ck_product_face')),
    sa.CheckConstraint('lot_tracked IN (0, 1) AND expiry_tracked IN (0, 1)', name=op.f('ck_product_tracking')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_product_price')),
    sa.CheckConstraint('serial_tracked IN (0, 1) AND is_inspected IN (0, 1) AND is_relabelled IN (0, 1) AND opens_cases IN (0, 1)', name=op.f('ck_product_steps')),
    sa.CheckConstraint('weight_g >= 0 AND length_mm >= 0 AND width_mm >= 0 AND height_mm >= 0', name=op.f('ck_product_sizes')),
    sa.ForeignKeyConstraint(['face_id'], ['location.id'], name=op.f('fk_product_face_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product')),
    sa.UniqueConstraint('sku', name=op.f('uq_product_sku')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_product_face_id', 'product', ['face_id'], unique=False)
    op.create_index('ix_product_name', 'product', ['name'], unique=False)
    op.create_table('shipment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('packed_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('shipped_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'packed', 'shipped')", name=op.f('ck_shipment_state')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_shipment_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment')),
    sa.UniqueConstraint('number', name=op.f('uq_shipment_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_shipment_order_id'), 'shipment', ['order_id'], unique=False)
    op.create_table('station',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('label_printer', sa.Text(), nullable=False),
    sa.Column('paper_printer', sa.Text(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('signed_on_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("kind IN ('dock', 'pick', 'pack', 'ship', 'desk')", name=op.f('ck_station_kind')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_station_location_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_station_operator_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station')),
    sa.UniqueConstraint('code', name=op.f('uq_station_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('backorder_mode',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('extra_days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('since', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('until', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('extra_days > 0', name=op.f('ck_backorder_mode_extra_days')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_backorder_mode_operator_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_backorder_mode_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backorder_mode')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_backorder_mode_open', 'backorder_mode', ['product_id'], unique=False, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.create_table('barcode',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('units', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('units > 0', name=op.f('ck_barcode_units')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_barcode_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_barcode')),
    sa.UniqueConstraint('code', name=op.f('uq_barcode_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_barcode_product_id'), 'barcode', ['product_id'], unique=False)
    op.create_table('batch_order',
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_open', wms_desktop.db.types.Flag(), nullable=False),
    sa.CheckConstraint('position > 0 AND is_open IN (0, 1)', name=op.f('ck_batch_order_position')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_order_batch_id')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_batch_order_order_id')),
    sa.ForeignKeyConstraint(['plate_id'], ['plate.id'], name=op.f('fk_batch_order_plate_id')),
    sa.PrimaryKeyConstraint('batch_id', 'order_id', name=op.f('pk_batch_order')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_batch_order_order_id'), 'batch_order', ['order_id'], unique=False)
    op.create_index('ix_batch_order_plate_id', 'batch_order', ['plate_id'], unique=False)
    op.create_index('uq_batch_order_tote', 'batch_order', ['plate_id'], unique=True, sqlite_where=sa.text('is_open = 1 AND plate_id <> 0'), postgresql_where=sa.text('is_open = 1 AND plate_id <> 0'))
    op.create_table('carton',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shipment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sscc', sa.Text(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('weight_g', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('manifest_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closed_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("(manifest_id IS NOT NULL) = (state IN ('loaded', 'shipped'))", name=op.f('ck_carton_manifest')),
    sa.CheckConstraint("state IN ('open', 'closed', 'loaded', 'shipped')", name=op.f('ck_carton_state')),
    sa.CheckConstraint('weight_g >= 0 AND seq > 0', name=op.f('ck_carton_weight')),
    sa.ForeignKeyConstraint(['manifest_id'], ['manifest.id'], name=op.f('fk_carton_manifest_id')),
    sa.ForeignKeyConstraint(['plate_id'], ['plate.id'], name=op.f('fk_carton_plate_id')),
    sa.ForeignKeyConstraint(['shipment_id'], ['shipment.id'], name=op.f('fk_carton_shipment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carton')),
    sa.UniqueConstraint('plate_id', name=op.f('uq_carton_plate_id')),
    sa.UniqueConstraint('shipment_id', 'seq', name=op.f('uq_carton_shipment_id_seq')),
    sa.UniqueConstraint('sscc', name=op.f('uq_carton_sscc')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_carton_closed', 'carton', ['plate_id'], unique=False, sqlite_where=sa.text("state = 'closed'"), postgresql_where=sa.text("state = 'closed'"))
    op.create_index('ix_carton_manifest_id', 'carton', ['manifest_id'], unique=False)
    op.create_index(op.f('ix_carton_shipment_id'), 'carton', ['shipment_id'], unique=False)
    op.create_table('command',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('undo', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("state IN ('running', 'done', 'refused', 'undone')", name=op.f('ck_command_state')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_command_operator_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_command_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_command')),
    sqlite_strict=True
    )
    op.create_index('ix_command_at', 'command', ['at'], unique=False)
    op.create_index('ix_command_station_id_workflow_seq', 'command', ['station_id', 'workflow', 'seq'], unique=False)
    op.create_table('count_task',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('found', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expected', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'done')", name=op.f('ck_count_task_state')),
    sa.CheckConstraint('found >= 0 AND expected >= 0', name=op.f('ck_count_task_quantities')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_count_task_location_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_count_task_operator_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_count_task_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_count_task')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('uq_count_task_open', 'count_task', ['location_id', 'product_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('delivery_part',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purchase_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_delivery_part_delivery_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_delivery_part_notice_id')),
    sa.ForeignKeyConstraint(['purchase_order_id'], ['purchase_order.id'], name=op.f('fk_delivery_part_purchase_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_part')),
    sa.UniqueConstraint('delivery_id', 'purchase_order_id', 'notice_id', name=op.f('uq_delivery_part_delivery_id_purchase_order_id_notice_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_delivery_part_notice_id', 'delivery_part', ['notice_id'], unique=False)
    op.create_index('ix_delivery_part_purchase_order_id', 'delivery_part', ['purchase_order_id'], unique=False)
    op.create_table('dialogue',
    sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_dialogue_station_id')),
    sa.PrimaryKeyConstraint('station_id', 'workflow', name=op.f('pk_dialogue')),
    sqlite_strict=True
    )
    op.create_table('kit_part',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('part_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('kit_id <> part_id AND qty > 0', name=op.f('ck_kit_part_parts')),
    sa.ForeignKeyConstraint(['kit_id'], ['product.id'], name=op.f('fk_kit_part_kit_id')),
    sa.ForeignKeyConstraint(['part_id'], ['product.id'], name=op.f('fk_kit_part_part_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_part')),
    sa.UniqueConstraint('kit_id', 'part_id', name=op.f('uq_kit_part_kit_id_part_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_kit_part_part_id', 'kit_part', ['part_id'], unique=False)
    op.create_table('lot',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('expiry', wms_desktop.db.types.Day(), nullable=True),
    sa.CheckConstraint('(id = 0) = (product_id IS NULL)', name=op.f('ck_lot_sentinel')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_lot_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lot')),
    sa.UniqueConstraint('product_id', 'code', name=op.f('uq_lot_product_id_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('notice_package',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('pallet', 'carton')", name=op.f('ck_notice_package_kind')),
    sa.CheckConstraint("state IN ('announced', 'received', 'opened')", name=op.f('ck_notice_package_state')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_package_notice_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['notice_package.id'], name=op.f('fk_notice_package_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_package')),
    sa.UniqueConstraint('notice_id', 'code', name=op.f('uq_notice_package_notice_id_code')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_notice_package_code', 'notice_package', ['code'], unique=False)
    op.create_index('ix_notice_package_parent_id', 'notice_package', ['parent_id'], unique=False)
    op.create_table('purchase_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purchase_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_no', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ordered', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('received', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('planned', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('price', wms_desktop.db.types.Money(), nullable=False),
    sa.CheckConstraint('ordered > 0 AND received >= 0', name=op.f('ck_purchase_line_quantities')),
    sa.CheckConstraint('planned >= 0 AND planned <= ordered', name=op.f('ck_purchase_line_planned_within_ordered')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_purchase_line_product_id')),
    sa.ForeignKeyConstraint(['purchase_order_id'], ['purchase_order.id'], name=op.f('fk_purchase_line_purchase_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_purchase_line')),
    sa.UniqueConstraint('purchase_order_id', 'line_no', name=op.f('uq_purchase_line_purchase_order_id_line_no')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_purchase_line_due', 'purchase_line', ['product_id'], unique=False, sqlite_where=sa.text('received < ordered'), postgresql_where=sa.text('received < ordered'))
    op.create_index('ix_purchase_line_product_id', 'purchase_line', ['product_id'], unique=False)
    op.create_table('receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('purchase_order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('dock_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('opened_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('closed_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("state IN ('open', 'closed')", name=op.f('ck_receipt_state')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_receipt_delivery_id')),
    sa.ForeignKeyConstraint(['dock_id'], ['location.id'], name=op.f('fk_receipt_dock_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_receipt_notice_id')),
    sa.ForeignKeyConstraint(['purchase_order_id'], ['purchase_order.id'], name=op.f('fk_receipt_purchase_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('number', name=op.f('uq_receipt_number')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_receipt_delivery_id', 'receipt', ['delivery_id'], unique=False)
    op.create_index('ix_receipt_open', 'receipt', ['state'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_receipt_purchase_order_id', 'receipt', ['purchase_order_id'], unique=False)
    op.create_table('substitute',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('alternative_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rank', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint('product_id <> alternative_id AND rank > 0', name=op.f('ck_substitute_another')),
    sa.ForeignKeyConstraint(['alternative_id'], ['product.id'], name=op.f('fk_substitute_alternative_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_substitute_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitute')),
    sa.UniqueConstraint('product_id', 'alternative_id', name=op.f('uq_substitute_product_id_alternative_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_table('notice_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_no', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purchase_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('received', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lot', sa.Text(), nullable=False),
    sa.Column('expiry', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('package_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('qty > 0 AND received >= 0', name=op.f('ck_notice_line_quantities')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_line_notice_id')),
    sa.ForeignKeyConstraint(['package_id'], ['notice_package.id'], name=op.f('fk_notice_line_package_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_notice_line_product_id')),
    sa.ForeignKeyConstraint(['purchase_line_id'], ['purchase_line.id'], name=op.f('fk_notice_line_purchase_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_line')),
    sa.UniqueConstraint('notice_id', 'line_no', name=op.f('uq_notice_line_notice_id_line_no')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_notice_line_package_id', 'notice_line', ['package_id'], unique=False)
    op.create_index('ix_notice_line_product_id', 'notice_line', ['product_id'], unique=False)
    op.create_index('ix_notice_line_purchase_line_id', 'notice_line', ['purchase_line_id'], unique=False)
    op.create_table('order_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_no', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ordered', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cancelled', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('shipped', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reserved', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('price', wms_desktop.db.types.Money(), nullable=False),
    sa.Column('replaced', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('replaces_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kit_qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_to_order', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('release_on', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('first_promise', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('promise', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('promise_rule', sa.Text(), nullable=False),
    sa.Column('eta', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('eta_late', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('eta_from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.CheckConstraint('kit_qty = 0 OR replaces_id IS NOT NULL', name=op.f('ck_order_line_kit_part')),
    sa.CheckConstraint('made_to_order IN (0, 1)', name=op.f('ck_order_line_made_to_order')),
    sa.CheckConstraint('ordered > 0 AND cancelled >= 0 AND shipped >= 0 AND reserved >= 0 AND cancelled + shipped + reserved <= ordered', name=op.f('ck_order_line_never_promised_twice')),
    sa.CheckConstraint('replaced >= 0 AND replaced <= cancelled AND kit_qty >= 0', name=op.f('ck_order_line_replaced')),
    sa.ForeignKeyConstraint(['eta_from_id'], ['purchase_line.id'], name=op.f('fk_order_line_eta_from_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['purchase_line.id'], name=op.f('fk_order_line_made_by_id')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_order_line_order_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_order_line_product_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['order_line.id'], name=op.f('fk_order_line_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_line')),
    sa.UniqueConstraint('order_id', 'line_no', name=op.f('uq_order_line_order_id_line_no')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_order_line_made_by_id', 'order_line', ['made_by_id'], unique=False, sqlite_where=sa.text('made_by_id IS NOT NULL'), postgresql_where=sa.text('made_by_id IS NOT NULL'))
    op.create_index('ix_order_line_open', 'order_line', ['order_id'], unique=False)
    op.create_index('ix_order_line_owed', 'order_line', ['order_id', 'line_no'], unique=False, sqlite_where=sa.text('ordered > cancelled + shipped'), postgresql_where=sa.text('ordered > cancelled + shipped'))
    op.create_index('ix_order_line_promised', 'order_line', ['product_id', 'order_id'], unique=False, sqlite_where=sa.text('ordered > cancelled + shipped'), postgresql_where=sa.text('ordered > cancelled + shipped'))
    op.create_index('ix_order_line_replaces_id', 'order_line', ['replaces_id'], unique=False, sqlite_where=sa.text('replaces_id IS NOT NULL'), postgresql_where=sa.text('replaces_id IS NOT NULL'))
    op.create_index('ix_order_line_waiting', 'order_line', ['product_id', 'order_id'], unique=False, sqlite_where=sa.text('ordered > cancelled + shipped + reserved'), postgresql_where=sa.text('ordered > cancelled + shipped + reserved'))
    op.create_table('print_job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('printer', sa.Text(), nullable=False),
    sa.Column('copies', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('copy_no', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('retry_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('carton_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('command_id', sa.Text(), nullable=False),
    sa.Column('created_at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('printed_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'printed', 'failed', 'void')", name=op.f('ck_print_job_state')),
    sa.CheckConstraint('copies > 0 AND copy_no >= 0 AND attempts >= 0', name=op.f('ck_print_job_copies')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_print_job_batch_id')),
    sa.ForeignKeyConstraint(['carton_id'], ['carton.id'], name=op.f('fk_print_job_carton_id')),
    sa.ForeignKeyConstraint(['command_id'], ['command.id'], name=op.f('fk_print_job_command_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_print_job_operator_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_print_job_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_print_job_carton_id'), 'print_job', ['carton_id'], unique=False)
    op.create_index(op.f('ix_print_job_command_id'), 'print_job', ['command_id'], unique=False)
    op.create_index('ix_print_job_kind_number', 'print_job', ['kind', 'number'], unique=False)
    op.create_index('ix_print_job_queued', 'print_job', ['printer', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.create_table('stock',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_virtual', wms_desktop.db.types.Flag(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('on_hand', wms_desktop.db.types.Units(), nullable=False),
    sa.Column('reserved', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_movement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('since', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("condition IN ('good', 'damaged', 'missing', 'inspect', 'relabel')", name=op.f('ck_stock_condition')),
    sa.CheckConstraint('(is_virtual = 1 AND reserved = 0) OR (is_virtual = 0 AND reserved >= 0 AND reserved <= on_hand)', name=op.f('ck_stock_reserved_within_on_hand')),
    sa.CheckConstraint('is_virtual IN (0, 1)', name=op.f('ck_stock_is_virtual')),
    sa.ForeignKeyConstraint(['location_id', 'is_virtual'], ['location.id', 'location.is_virtual'], name=op.f('fk_stock_location_id_is_virtual')),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_stock_location_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_stock_lot_id')),
    sa.ForeignKeyConstraint(['plate_id'], ['plate.id'], name=op.f('fk_stock_plate_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock')),
    sa.UniqueConstraint('product_id', 'location_id', 'lot_id', 'plate_id', 'condition', name=op.f('uq_stock_product_id_location_id_lot_id_plate_id_condition')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_stock_location_id', 'stock', ['location_id', 'product_id'], unique=False)
    op.create_index('ix_stock_plate_id', 'stock', ['plate_id', 'location_id'], unique=False)
    op.create_index('ix_stock_standing', 'stock', ['location_id', 'product_id'], unique=False, sqlite_where=sa.text('on_hand > 0'), postgresql_where=sa.text('on_hand > 0'))
    op.create_table('cancellation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('waited_days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.CheckConstraint('qty > 0 AND waited_days >= 0', name=op.f('ck_cancellation_qty')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_cancellation_operator_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_cancellation_order_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cancellation')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_cancellation_at', 'cancellation', ['at'], unique=False)
    op.create_index(op.f('ix_cancellation_order_line_id'), 'cancellation', ['order_line_id'], unique=False)
    op.create_table('decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('choice', sa.Text(), nullable=False),
    sa.Column('eta', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('days', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.CheckConstraint("choice IN ('wait', 'substitute', 'part_ship', 'cancel')", name=op.f('ck_decision_choice')),
    sa.CheckConstraint('days >= 0', name=op.f('ck_decision_days')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_decision_operator_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_decision_order_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_decision_order_line_id'), 'decision', ['order_line_id'], unique=False)
    op.create_table('movement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_condition', sa.Text(), nullable=False),
    sa.Column('to_location_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_condition', sa.Text(), nullable=False),
    sa.Column('reason', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reverses_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('command_id', sa.Text(), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.CheckConstraint("from_condition IN ('good', 'damaged', 'missing', 'inspect', 'relabel')", name=op.f('ck_movement_from_condition')),
    sa.CheckConstraint("to_condition IN ('good', 'damaged', 'missing', 'inspect', 'relabel')", name=op.f('ck_movement_to_condition')),
    sa.CheckConstraint('from_location_id <> to_location_id OR from_plate_id <> to_plate_id OR from_condition <> to_condition', name=op.f('ck_movement_moves')),
    sa.CheckConstraint('qty > 0', name=op.f('ck_movement_qty')),
    sa.ForeignKeyConstraint(['command_id'], ['command.id'], name=op.f('fk_movement_command_id')),
    sa.ForeignKeyConstraint(['from_location_id'], ['location.id'], name=op.f('fk_movement_from_location_id')),
    sa.ForeignKeyConstraint(['from_plate_id'], ['plate.id'], name=op.f('fk_movement_from_plate_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_movement_lot_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_movement_operator_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_movement_order_line_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_movement_product_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['movement.id'], name=op.f('fk_movement_reverses_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_movement_station_id')),
    sa.ForeignKeyConstraint(['to_location_id'], ['location.id'], name=op.f('fk_movement_to_location_id')),
    sa.ForeignKeyConstraint(['to_plate_id'], ['plate.id'], name=op.f('fk_movement_to_plate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_movement')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_movement_reverses_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_movement_command_id'), 'movement', ['command_id'], unique=False)
    op.create_index('ix_movement_product_id_id', 'movement', ['product_id', 'id'], unique=False)
    op.create_index('ix_movement_shipped', 'movement', ['at'], unique=False, sqlite_where=sa.text("reason = 'ship'"), postgresql_where=sa.text("reason = 'ship'"))
    op.create_table('order_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('args', sa.Text(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_order_event_operator_id')),
    sa.ForeignKeyConstraint(['order_id'], ['sales_order.id'], name=op.f('fk_order_event_order_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_order_event_order_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_event')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_order_event_order_id'), 'order_event', ['order_id'], unique=False)
    op.create_table('pick',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stock_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('picked', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('done_at', wms_desktop.db.types.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('todo', 'done', 'short', 'cancelled')", name=op.f('ck_pick_state')),
    sa.CheckConstraint('qty > 0 AND picked >= 0 AND picked <= qty', name=op.f('ck_pick_picked_within_qty')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_pick_batch_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_pick_order_line_id')),
    sa.ForeignKeyConstraint(['stock_id'], ['stock.id'], name=op.f('fk_pick_stock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pick')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_pick_batch_id_seq', 'pick', ['batch_id', 'seq'], unique=False)
    op.create_index(op.f('ix_pick_order_line_id'), 'pick', ['order_line_id'], unique=False)
    op.create_index('ix_pick_stock_id', 'pick', ['stock_id'], unique=False)
    op.create_index('uq_pick_todo', 'pick', ['order_line_id', 'stock_id'], unique=True, sqlite_where=sa.text("state = 'todo'"), postgresql_where=sa.text("state = 'todo'"))
    op.create_table('promise_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('was', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('became', wms_desktop.db.types.Day(), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('purchase_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('is_told', wms_desktop.db.types.Flag(), nullable=False),
    sa.CheckConstraint("kind IN ('slipped', 'rescued')", name=op.f('ck_promise_change_kind')),
    sa.CheckConstraint('is_told IN (0, 1)', name=op.f('ck_promise_change_is_told')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_promise_change_order_line_id')),
    sa.ForeignKeyConstraint(['purchase_line_id'], ['purchase_line.id'], name=op.f('fk_promise_change_purchase_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_change')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_promise_change_order_line_id'), 'promise_change', ['order_line_id'], unique=False)
    op.create_index('ix_promise_change_untold', 'promise_change', ['id'], unique=False, sqlite_where=sa.text('is_told = 0'), postgresql_where=sa.text('is_told = 0'))
    op.create_table('receipt_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purchase_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('pegged', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('operator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('station_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('notice_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('plate_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('photo', sa.Text(), nullable=False),
    sa.Column('case_units', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("condition IN ('good', 'damaged', 'inspect', 'relabel')", name=op.f('ck_receipt_line_condition')),
    sa.CheckConstraint("state IN ('received', 'countered')", name=op.f('ck_receipt_line_state')),
    sa.CheckConstraint('case_units > 0', name=op.f('ck_receipt_line_case_units')),
    sa.CheckConstraint('qty > 0 AND pegged >= 0 AND pegged <= qty', name=op.f('ck_receipt_line_pegged_within_received')),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_receipt_line_lot_id')),
    sa.ForeignKeyConstraint(['notice_line_id'], ['notice_line.id'], name=op.f('fk_receipt_line_notice_line_id')),
    sa.ForeignKeyConstraint(['operator_id'], ['operator.id'], name=op.f('fk_receipt_line_operator_id')),
    sa.ForeignKeyConstraint(['plate_id'], ['plate.id'], name=op.f('fk_receipt_line_plate_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_receipt_line_product_id')),
    sa.ForeignKeyConstraint(['purchase_line_id'], ['purchase_line.id'], name=op.f('fk_receipt_line_purchase_line_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_receipt_line_receipt_id')),
    sa.ForeignKeyConstraint(['station_id'], ['station.id'], name=op.f('fk_receipt_line_station_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_line')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_receipt_line_at', 'receipt_line', ['at'], unique=False)
    op.create_index('ix_receipt_line_notice_line_id', 'receipt_line', ['notice_line_id'], unique=False)
    op.create_index('ix_receipt_line_prep', 'receipt_line', ['product_id'], unique=False, sqlite_where=sa.text("condition IN ('inspect', 'relabel')"), postgresql_where=sa.text("condition IN ('inspect', 'relabel')"))
    op.create_index('ix_receipt_line_purchase_line_id', 'receipt_line', ['purchase_line_id'], unique=False)
    op.create_index('ix_receipt_line_spare', 'receipt_line', ['product_id', 'lot_id', 'id'], unique=False, sqlite_where=sa.text('qty > pegged'), postgresql_where=sa.text('qty > pegged'))
    op.create_index(op.f('ix_receipt_line_receipt_id'), 'receipt_line', ['receipt_id'], unique=False)
    op.create_table('reservation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stock_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('held', 'consumed', 'released')", name=op.f('ck_reservation_state')),
    sa.CheckConstraint('qty > 0', name=op.f('ck_reservation_qty')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_reservation_order_line_id')),
    sa.ForeignKeyConstraint(['stock_id'], ['stock.id'], name=op.f('fk_reservation_stock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservation')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_reservation_order_line_id', 'reservation', ['order_line_id'], unique=False)
    op.create_index('ix_reservation_stock_id', 'reservation', ['stock_id'], unique=False)
    op.create_index('uq_reservation_held', 'reservation', ['stock_id', 'order_line_id'], unique=True, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
    op.create_table('peg',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('receipt_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('order_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('qty', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', wms_desktop.db.types.Word(), nullable=False),
    sa.Column('lane_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('at', wms_desktop.db.types.Instant(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('purchase_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('delivery_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("(state IN ('arrived', 'in_lane')) <= (lane_id IS NOT NULL)", name=op.f('ck_peg_lane')),
    sa.CheckConstraint("(state IN ('arrived', 'in_lane', 'stored', 'packed')) <= (receipt_line_id IS NOT NULL)", name=op.f('ck_peg_units')),
    sa.CheckConstraint("(state IN ('proposed', 'firm')) <= (purchase_line_id IS NOT NULL AND receipt_line_id IS NULL)", name=op.f('ck_peg_planned')),
    sa.CheckConstraint("kind IN ('planned', 'opportunistic', 'short')", name=op.f('ck_peg_kind')),
    sa.CheckConstraint("state IN ('proposed', 'firm', 'arrived', 'in_lane', 'stored', 'packed', 'released')", name=op.f('ck_peg_state')),
    sa.CheckConstraint('qty > 0', name=op.f('ck_peg_qty')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_peg_delivery_id')),
    sa.ForeignKeyConstraint(['lane_id'], ['location.id'], name=op.f('fk_peg_lane_id')),
    sa.ForeignKeyConstraint(['order_line_id'], ['order_line.id'], name=op.f('fk_peg_order_line_id')),
    sa.ForeignKeyConstraint(['purchase_line_id'], ['purchase_line.id'], name=op.f('fk_peg_purchase_line_id')),
    sa.ForeignKeyConstraint(['receipt_line_id'], ['receipt_line.id'], name=op.f('fk_peg_receipt_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_peg')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index('ix_peg_arrived', 'peg', ['receipt_line_id'], unique=False, sqlite_where=sa.text("state = 'arrived'"), postgresql_where=sa.text("state = 'arrived'"))
    op.create_index('ix_peg_delivery_id', 'peg', ['delivery_id'], unique=False, sqlite_where=sa.text("state IN ('proposed', 'firm')"), postgresql_where=sa.text("state IN ('proposed', 'firm')"))
    op.create_index('ix_peg_open', 'peg', ['lane_id', 'state'], unique=False, sqlite_where=sa.text("state IN ('arrived', 'in_lane')"), postgresql_where=sa.text("state IN ('arrived', 'in_lane')"))
    op.create_index(op.f('ix_peg_order_line_id'), 'peg', ['order_line_id'], unique=False)
    op.create_index('ix_peg_planned', 'peg', ['purchase_line_id', 'order_line_id'], unique=False, sqlite_where=sa.text("state IN ('proposed', 'firm')"), postgresql_where=sa.text("state IN ('proposed', 'firm')"))
    op.create_index('ix_peg_receipt_line_id', 'peg', ['receipt_line_id'], unique=False)
    op.create_table('received_serial',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('receipt_line_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_received_serial_product_id')),
    sa.ForeignKeyConstraint(['receipt_line_id'], ['receipt_line.id'], name=op.f('fk_received_serial_receipt_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_received_serial')),
    sa.UniqueConstraint('product_id', 'code', 'receipt_line_id', name=op.f('uq_received_serial_product_id_code_receipt_line_id')),
    sqlite_autoincrement=True,
    sqlite_strict=True
    )
    op.create_index(op.f('ix_received_serial_receipt_line_id'), 'received_serial', ['receipt_line_id'], unique=False)
    for statement in triggers.statements(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
    op.execute("INSERT INTO lot (id, code) VALUES (0, '')")
    op.execute("INSERT INTO operator"
               " (id, badge, name, role, pin_hash, failed_pins, language, is_active)"
               " VALUES (0, '', 'house', 'admin', '', 0, 'en', 1)")
    op.execute("INSERT INTO station (id, code, kind, label_printer, paper_printer)"
               " VALUES (0, '', 'desk', '', '')")
    op.execute("INSERT INTO plate (id, code, kind) VALUES (0, '', 'none')")
